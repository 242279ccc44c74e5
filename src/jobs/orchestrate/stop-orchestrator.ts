import { isIdle } from '../../core/schedule/run-end.ts'
import { LimitReached } from '../../ports/rate-limit.ts'
import { leftoverUpdates } from '../leftover-refs.ts'
import { orchestratorInputs } from '../orchestrator-inputs.ts'
import { sayIfRefused } from '../say-dispatch-refused.ts'
import { untilAppended } from '../until-appended.ts'
import { appendEvents } from './append-events.ts'
import { startStages } from './planning/stages.ts'
import { publishProjections } from './projections/publish-projections.ts'
import { unlessLimited } from './session/api-limit.ts'
import { type Draft, emptyDraft, recordEvents, withRefMove } from './session/event-draft.ts'
import { nowOf, type Session } from './session/session.ts'

/**
 * Leaves if only a person can move the run on, or if its time is over. First it brings what people see up to date. Leaving is
 * an event, so that a command at the same moment either keeps it or starts a new one. True: it has left.
 */
export async function stopOrchestrator(session: Session): Promise<boolean> {
  if (session.deps.clock.now() >= session.deps.handOverAt)
    return finishStages(session) && (await handOver(session)) && session.stopped === null
  const { stageRunner, merges } = session
  if (stageRunner.running.size + stageRunner.findings.length + merges.pending.size > 0 || !isIdle(session.state))
    return false
  // A limit of the API would keep the last word from people: it is waited for.
  if (!(await publishProjections(session, { final: true }))) return false
  const why = session.state.phase === 'ended' ? 'ended' : 'waiting'
  const left = recordEvents(emptyDraft(session.state), nowOf(session), { type: 'orchestrator_left', why })
  return appendEvents(session, await clearAway(session, left))
}

/** Stops the planner's stages. What they have cost is recorded before the next orchestrator starts. */
function finishStages(session: Session): boolean {
  session.stageRunner.closing = true
  startStages(session)
  return session.stageRunner.running.size + session.stageRunner.findings.length === 0
}

/** GitHub ends a job after six hours: dispatches a fresh orchestrator, which starts when this one is gone. */
async function handOver(session: Session): Promise<boolean> {
  const inputs = orchestratorInputs(session.deps, session.run)
  const asked = await unlessLimited(
    session,
    async () => ({
      successor: await sayIfRefused(session.deps, session, () => session.deps.forge.dispatch(inputs)),
    }),
    null,
  )
  if (asked === null) return stayOn(session)
  const { successor } = asked
  const workflowRun = successor?.workflowRun ?? null
  return untilAppended(async () => {
    // Without a successor it is lost: the next command starts one.
    let left = recordEvents(
      emptyDraft(session.state),
      nowOf(session),
      successor === null
        ? { type: 'orchestrator_lost', workflowRun: session.deps.workflowRun }
        : { type: 'orchestrator_left', why: 'handed-over' },
    )
    if (workflowRun !== null) left = recordEvents(left, nowOf(session), { type: 'orchestrator_requested', workflowRun })
    return (await appendEvents(session, left)) || session.stopped !== null ? true : null
  })
}

/** Seconds after the time to hand over at which GitHub is about to end the job. */
const LAST_MOMENT = 1200

/** No successor can be started before a limit of the API ends. Later the job fails, and `recover` waits for that in its place. */
function stayOn({ deps: { clock, handOverAt }, limitedUntil }: Session): false {
  if (clock.now().getTime() < handOverAt.getTime() + LAST_MOMENT * 1000) return false
  throw new LimitReached(limitedUntil ?? clock.now())
}

/** The draft with the deletion of what an ended run leaves behind; what the remote does not let go stays. */
async function clearAway(session: Session, draft: Draft): Promise<Draft> {
  const updates = await leftoverUpdates(session.deps.journal, session.state)
  return updates.filter(({ ref }) => !session.refusedRefs.has(ref)).reduce(withRefMove, draft)
}
