import { branchRef, trunkBranch } from '../../../core/ids.ts'
import { workOf } from '../../../core/run/state.ts'
import { planTry } from '../../../core/schedule/plan-command.ts'
import { slotsAtWork } from '../../../core/schedule/ready.ts'
import { lookSeconds } from '../../../core/schedule/request-pace.ts'
import { workflowRunOf } from '../../../core/slots/slot-jobs.ts'
import type { ResultArtifact } from '../../../ports/slots.ts'
import { unlessLimited } from '../session/api-limit.ts'
import { quotasOf, type Session } from '../session/session.ts'
import { readJobs, resultsInLogs } from './job-endings.ts'

export interface Observed {
  results: ResultArtifact[]
}

/**
 * Reads the tips of the journal and the base branch in one request, then job and artifact lists of the workflow runs that
 * matter, by conditional requests; more seldom when few requests are left. Jobs come before results: a job that has ended
 * uploads nothing more.
 */
export async function observe(session: Session): Promise<Observed> {
  await lookAtRefs(session)
  const now = session.deps.clock.now()
  if (now.getTime() < session.nextLook) return { results: [] }
  const results = await unlessLimited(session, () => lookAtSlots(session), [])
  session.nextLook = now.getTime() + lookSeconds(quotasOf(session), now) * 1000
  return { results }
}

async function lookAtSlots(session: Session): Promise<ResultArtifact[]> {
  await lookAtJobs(session)
  const results = await lookAtResults(session)
  return [...results, ...resultsInLogs(session, results)]
}

async function lookAtRefs(session: Session): Promise<void> {
  const work = workOf(session.state)
  const trunk = branchRef(trunkBranch(session.run))
  const asked = work === null ? [] : [branchRef(work.baseBranch), trunk]
  const { tip, refs } = await session.deps.journal.look(session.run, asked)
  for (const ref of asked) session.refs.delete(ref)
  for (const [ref, sha] of refs) session.refs.set(ref, sha)
  if (tip === session.tip) return
  await readAgain(session)
  // Trunk moves with the journal: it belongs to the tip that it was listed with, and to no later one.
  if (session.tip !== tip) session.refs.delete(trunk)
}

/** After another process wrote. A journal that was deleted or replaced stops this one: nothing may be pushed on top of it. */
export async function readAgain(session: Session): Promise<void> {
  const { run, tip: before } = session
  const { journal } = session.deps
  const read = await journal.read(run)
  if (read === null || read.state.phase === 'empty') {
    session.stopped = { reason: 'journal-gone', tip: before }
    return
  }
  if (read.tip !== before && !(await journal.follows(run, before, read.tip))) {
    session.stopped = { reason: 'journal-replaced', before, now: read.tip }
    return
  }
  session.state = read.state
  session.tip = read.tip
}

async function lookAtJobs(session: Session): Promise<void> {
  if (session.state.phase !== 'active' && session.state.phase !== 'proposed' && planTry(session.state) === null) return
  const runs = Object.entries(session.state.slots).flatMap(([request, it]) => {
    const workflowRun = it.workflowRun ?? session.dispatched.get(request) ?? null
    return it.gone || workflowRun === null ? [] : [workflowRun]
  })
  const lists = await Promise.all([...new Set(runs)].map((id) => session.deps.slots.jobs(id)))
  await readJobs(session, lists.flat())
}

async function lookAtResults(session: Session): Promise<ResultArtifact[]> {
  const { state } = session
  const busy = state.phase === 'active' || state.phase === 'proposed' ? slotsAtWork(state.work) : []
  const planner = planTry(state)?.slot ?? null
  const runs = new Set([...busy, ...(planner === null ? [] : [planner])].map((slot) => workflowRunOf(state, slot)))
  const known = [...runs].filter((id) => id !== null)
  const lists = await Promise.all(known.map((id) => session.deps.slots.results(id, session.run)))
  return lists.flat()
}
