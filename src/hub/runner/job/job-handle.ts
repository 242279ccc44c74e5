import type { JobRecord } from '../../host.ts'
import type { ConcurrencyRequest, Contender } from '../concurrency.ts'
import type { ParallelLimit } from '../parallel-limit.ts'
import { errorMessage, type RunnerWorld, saveJob } from '../world.ts'
import { closeJob, type JobPlan, openJob } from './job.ts'
import { completeJob } from './job-record.ts'
import { type JobEnd, runJob } from './job-steps.ts'
import { cancelJob, killJob, killProcesses } from './job-stop.ts'
import type { JobSession } from './session.ts'

/** A job from the moment it is queued. */
export interface JobHandle {
  readonly record: JobRecord
  readonly done: Promise<JobEnd>
  cancel(): void
  kill(): boolean
  /** Stops its processes without changing any record. */
  abandon(): void
}

export interface Queueing {
  readonly concurrency: ConcurrencyRequest | undefined
  readonly parallelLimit: ParallelLimit
}

/** Waits for `max-parallel`, the concurrency group and a delayed runner, then runs the job. */
export function startJob(world: RunnerWorld, plan: JobPlan, queueing: Queueing): JobHandle {
  const { record } = plan
  const stop = new AbortController()
  let session: JobSession | undefined
  const cancel = (): void => (session === undefined ? stop.abort() : cancelJob(session))
  const live = async (): Promise<JobEnd> => {
    const release = await queue(world, record, queueing, stop, cancel)
    try {
      if (stop.signal.aborted || world.closed)
        return endUnstarted(world, record, stop.signal.reason === 'killed' ? 'failure' : 'cancelled')
      session = openJob(world, plan)
      const end = await runJob(session)
      closeJob(session)
      saveJob(world, record)
      return end
    } catch (error) {
      world.logs(`${record.name} | ${errorMessage(error)}`)
      return endUnstarted(world, record, 'failure')
    } finally {
      release()
    }
  }
  saveJob(world, record)
  return {
    record,
    done: live(),
    cancel,
    kill: () => {
      if (record.status === 'completed') return false
      if (session === undefined) stop.abort('killed')
      else killJob(session)
      return true
    },
    abandon: () => {
      stop.abort()
      if (session !== undefined) killProcesses(session)
    },
  }
}

function endUnstarted(world: RunnerWorld, record: JobRecord, status: 'failure' | 'cancelled'): JobEnd {
  completeJob(record, status)
  saveJob(world, record)
  return { status, outputs: {} }
}

/** Resolves when the job may start, or was stopped while waiting. Returns a function that frees its places. */
async function queue(
  world: RunnerWorld,
  record: JobRecord,
  queueing: Queueing,
  stop: AbortController,
  cancel: () => void,
): Promise<() => void> {
  const releasePlace = await queueing.parallelLimit.take(stop.signal)
  const release = await admitted(world, queueing.concurrency, stop, cancel)
  const delay = stop.signal.aborted ? 0 : world.host.startDelay(record.name)
  if (delay > 0) await pause(delay, stop.signal)
  return () => {
    release()
    releasePlace()
  }
}

function admitted(
  world: RunnerWorld,
  concurrency: ConcurrencyRequest | undefined,
  stop: AbortController,
  cancel: () => void,
): Promise<() => void> {
  if (concurrency === undefined || stop.signal.aborted) return Promise.resolve(() => undefined)
  return new Promise((resolve) => {
    const release = (): void => world.groups.release(concurrency.group, contender)
    const contender: Contender = { start: () => resolve(release), cancel }
    stop.signal.addEventListener('abort', () => resolve(release), { once: true })
    world.groups.enter(concurrency, contender)
  })
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    const wake = (): void => {
      clearTimeout(timer)
      resolve()
    }
    signal.addEventListener('abort', wake, { once: true })
  })
}
