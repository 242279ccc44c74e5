import { stopStep } from '../step/child.ts'
import { evaluateCondition } from '../workflow/expression.ts'
import type { JobSession, StepSession } from './session.ts'

/** The longest that a timer can wait, about 24 days. */
const longest = 2 ** 31 - 1

function after(job: JobSession, minutes: number, callback: () => void): void {
  job.timers.push(setTimeout(callback, Math.min(minutes * 60_000, longest)))
}

/** After its `timeout-minutes` a job is cancelled, not failed, as on GitHub. */
export function limitTime(job: JobSession): void {
  const { minutes } = job.limits
  after(job, minutes, () => {
    job.log.error(`The job has exceeded the maximum execution time of ${minutes}m`)
    cancelJob(job)
  })
}

/** Stops the running step unless it has `always()` or `cancelled()`; later steps that do still run, for a limited time. */
export function cancelJob(job: JobSession): void {
  if (job.status === 'cancelled') return
  job.status = 'cancelled'
  const { current } = job
  if (current !== undefined && !stillWanted(current)) {
    job.log.error('The operation was canceled.')
    stopStep(current, 'cancelled')
  }
  after(job, job.limits.cancelMinutes, () => {
    job.killed = true
    killProcesses(job)
  })
}

function stillWanted(step: StepSession): boolean {
  try {
    return evaluateCondition(step.jobStep.if, step.scope)
  } catch {
    return false
  }
}

/** Acts like a lost runner: no further step runs, and the job cleans up nothing. */
export function killJob(job: JobSession): void {
  job.killed = true
  job.log.error('The self-hosted runner lost communication with the server.')
  killProcesses(job)
}

export function killProcesses(job: JobSession): void {
  for (const child of job.children) child.kill()
}
