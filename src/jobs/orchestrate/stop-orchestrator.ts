import { branchRef, taskBranch, trunkBranch } from '../../core/ids.ts'
import { workOf } from '../../core/run/state.ts'
import { tasksWithStatus } from '../../core/run/task-status.ts'
import type { RefUpdate } from '../../ports/journal.ts'
import { untilAppended } from '../until-appended.ts'
import { appendEvents } from './append-events.ts'
import { startStages } from './planning/stages.ts'
import { publishProjections } from './projections/publish-projections.ts'
import { type Draft, emptyDraft, recordEvents, withRefMove } from './session/event-draft.ts'
import { nowOf, type Session } from './session/session.ts'

/**
 * Leaves when only a person can move the run on, or when its time is over. What people see is brought to its last state
 * first; leaving itself is an event, so that a command that comes at the same moment either stops it or starts a new one.
 */
export async function stopOrchestrator(session: Session): Promise<boolean> {
  if (session.deps.clock.now() >= session.deps.handOverAt) return finishStages(session) && handOver(session)
  const { stageRunner, merges } = session
  if (stageRunner.running.size + stageRunner.findings.length + merges.pending.size > 0 || !isIdle(session)) return false
  await publishProjections(session, { final: true })
  const why = session.state.phase === 'ended' ? 'ended' : 'waiting'
  const left = recordEvents(emptyDraft(session.state), nowOf(session), { type: 'orchestrator_left', why })
  return appendEvents(session, await clearAway(session, left))
}

/** Nothing runs, nothing is ready, nothing is being verified: every step had its say and decided nothing. */
function isIdle({ state }: Session): boolean {
  if (state.phase !== 'active') return true
  const { verification } = state.work
  if (verification?.status === 'in_progress') return false
  if (state.paused !== null) return tasksWithStatus(state.work, 'in_progress').length === 0
  return verification?.status !== 'queued' && tasksWithStatus(state.work, 'in_progress', 'queued').length === 0
}

/** What the planner is at is stopped, and what it has cost so far is recorded, before somebody else goes on. */
function finishStages(session: Session): boolean {
  session.stageRunner.closing = true
  startStages(session)
  return session.stageRunner.running.size + session.stageRunner.findings.length === 0
}

/** GitHub ends a job after six hours: a fresh orchestrator is asked for, and starts when this one is gone. */
async function handOver(session: Session): Promise<boolean> {
  const request = `o${session.deps.workflowRun}`
  const { workflowRun } = await session.deps.forge.dispatch({
    role: 'orchestrate',
    run: session.run,
    request,
    slots: '[]',
  })
  return untilAppended(async () => {
    let left = recordEvents(emptyDraft(session.state), nowOf(session), {
      type: 'orchestrator_left',
      why: 'handed-over',
    })
    if (workflowRun !== null) left = recordEvents(left, nowOf(session), { type: 'orchestrator_requested', workflowRun })
    return (await appendEvents(session, left)) ? true : null
  })
}

/** A run that ended without a result leaves nothing but branches with work in them; a closed one leaves its journal. */
async function clearAway(session: Session, draft: Draft): Promise<Draft> {
  const deletions = deletionsOf(session)
  if (deletions.length === 0) return draft
  const { refs } = await session.deps.journal.look(
    session.run,
    deletions.map((one) => one.ref),
  )
  // Gone already, or moved by somebody since: neither is ours to delete.
  return deletions.filter((one) => refs.get(one.ref) === one.from).reduce(withRefMove, draft)
}

function deletionsOf(session: Session): RefUpdate[] {
  const work = workOf(session.state)
  if (session.state.phase !== 'ended' || work === null || session.state.conclusion === 'success') return []
  const closed = session.state.conclusion === 'merged' || session.state.conclusion === 'closed'
  const deletions: RefUpdate[] = []
  for (const [id, { attempts, state }] of Object.entries(work.tasks)) {
    const last = attempts.at(-1)
    if (last === undefined) continue
    const hasWork = state.status === 'landed' || (last.head !== null && last.head !== last.base)
    if (closed || !hasWork)
      deletions.push({ ref: branchRef(taskBranch(session.run, id)), from: last.head ?? last.base, to: null })
  }
  const { tip, merges } = work.trunk
  if (!closed && merges.length === 0) deletions.push({ ref: branchRef(trunkBranch(session.run)), from: tip, to: null })
  return deletions
}
