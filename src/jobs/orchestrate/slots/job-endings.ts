import { attemptKey } from '../../../core/money/money-key.ts'
import type { SlotFailure } from '../../../core/run/report.ts'
import { workOf } from '../../../core/run/state.ts'
import { slotsAtWork } from '../../../core/schedule/ready.ts'
import { workflowRunOf } from '../../../core/slots/slot-jobs.ts'
import type { ResultArtifact, SlotJob } from '../../../ports/slots.ts'
import type { Session } from '../session/session.ts'

/** Notes the state of the slots' jobs. The log of one that failed says why, and may hold what it could not upload. */
export async function readJobs(session: Session, jobs: readonly SlotJob[]): Promise<void> {
  const work = workOf(session.state)
  const busy = new Set(work === null ? [] : slotsAtWork(work))
  await Promise.all(
    jobs.map(async (job) => {
      const { slot, status, leftInOrder, failedStep } = job
      const isAsked = status === 'completed' && !leftInOrder && (failedStep !== undefined || busy.has(slot))
      if (isAsked && !(await readEnding(session, job))) return
      const error = session.endings.get(job.id)?.error
      const setUp = failedStep === undefined ? null : failureOf(job, failedStep, error ?? '')
      session.jobs.set(slot, { status, leftInOrder, job: job.id, ...(error && { error }), ...(setUp && { setUp }) })
    }),
  )
}

const LONGEST = 500

const failureOf = ({ url }: SlotJob, step: string | null, words: string): SlotFailure => ({
  step,
  url: url === '' ? null : url,
  words: words.slice(0, LONGEST),
})

/** GitHub may need a moment to store the log of a job that has ended; that of a lost machine never comes. */
const LOOKS = 3

/** Reads the log of an ended job, once. False: it may still come, and until then the job counts as running. */
async function readEnding({ deps, run, endings, logLooks }: Session, { id }: SlotJob): Promise<boolean> {
  if (endings.has(id)) return true
  const ending = await deps.slots.ending(id, run)
  const looks = (logLooks.get(id) ?? 0) + 1
  logLooks.set(id, looks)
  if (ending === null && looks < LOOKS) return false
  endings.set(
    id,
    ending === null ? null : { ...ending, error: ending.error === null ? null : deps.redact(ending.error) },
  )
  return true
}

const attemptOf = ({ task, attempt }: Pick<ResultArtifact, 'task' | 'attempt'>): string => attemptKey(task, attempt)

/** Results that stand in the logs of the slots that had the work, and in no artifact. */
export function resultsInLogs(session: Session, artifacts: readonly ResultArtifact[]): ResultArtifact[] {
  const work = workOf(session.state)
  const uploaded = new Set(artifacts.map(attemptOf))
  const found = (work === null ? [] : slotsAtWork(work)).flatMap((slot) => {
    const job = session.jobs.get(slot)?.job
    const ending = job === undefined ? null : session.endings.get(job)
    const workflowRun = workflowRunOf(session.state, slot)
    if (ending == null || ending.results.length === 0 || workflowRun === null) return []
    if (ending.error !== null) session.refusals.set('artifact', ending.error)
    return ending.results.map((result) => ({ ...result, workflowRun }))
  })
  return found.filter((result) => !uploaded.has(attemptOf(result)))
}
