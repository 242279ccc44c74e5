import { branchRef } from '../../../core/ids.ts'
import { workOf } from '../../../core/run/state.ts'
import { slotsAtWork } from '../../../core/schedule/ready.ts'
import { workflowRunOf } from '../../../core/schedule/slot-jobs.ts'
import type { ResultArtifact } from '../../../ports/slots.ts'
import type { Session } from '../session/session.ts'

export interface Observed {
  results: ResultArtifact[]
}

/**
 * Reads the tips of the journal and the base branch in one request, then job and artifact lists of the workflow runs that
 * matter, by conditional requests. Jobs come before results: a job that has ended uploads nothing more.
 */
export async function observe(session: Session): Promise<Observed> {
  await lookAtRefs(session)
  await lookAtJobs(session)
  return { results: await lookAtResults(session) }
}

async function lookAtRefs(session: Session): Promise<void> {
  const work = workOf(session.state)
  const asked = work === null ? [] : [branchRef(work.baseBranch)]
  const { tip, refs } = await session.deps.journal.look(session.run, asked)
  for (const [ref, sha] of refs) session.refs.set(ref, sha)
  if (tip === null || tip === session.tip) return
  const read = await session.deps.journal.read(session.run)
  if (read === null || read.state.phase === 'empty') throw new Error(`the journal of run ${session.run} is gone`)
  session.state = read.state
  session.tip = read.tip
}

async function lookAtJobs(session: Session): Promise<void> {
  if (session.state.phase !== 'active') return
  const runs = Object.entries(session.state.slots).flatMap(([request, it]) => {
    const workflowRun = it.workflowRun ?? session.dispatched.get(request) ?? null
    return it.gone || workflowRun === null ? [] : [workflowRun]
  })
  const lists = await Promise.all([...new Set(runs)].map((id) => session.deps.slots.jobs(id)))
  for (const job of lists.flat()) session.jobs.set(job.slot, job)
}

async function lookAtResults(session: Session): Promise<ResultArtifact[]> {
  const { state } = session
  const busy = state.phase === 'active' ? slotsAtWork(state.work) : []
  const runs = new Set(busy.map((slot) => workflowRunOf(state, slot)))
  const known = [...runs].filter((id) => id !== null)
  const lists = await Promise.all(known.map((id) => session.deps.slots.results(id, session.run)))
  return lists.flat()
}
