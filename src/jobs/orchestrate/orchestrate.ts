import type { RunId } from '../../core/ids.ts'
import { type LiveRun, settingsOf, workOf } from '../../core/run/state.ts'
import { planTry } from '../../core/schedule/plan-command.ts'
import type { ResultArtifact } from '../../ports/slots.ts'
import type { OrchestrateDeps } from '../deps.ts'
import { sayLoss } from '../say-loss.ts'
import { appendEvents } from './append-events.ts'
import { watchTrunk } from './merges/adopt-trunk.ts'
import { prepareBases } from './merges/bases.ts'
import { queueTasks } from './merges/queue.ts'
import { assembleTrunk } from './merges/trunk.ts'
import { beginPlan } from './planning/begin.ts'
import { concludePlan } from './planning/conclude.ts'
import { planByCommand } from './planning/plan-command.ts'
import { leaveOutReviews } from './planning/run-review.ts'
import { giveUpExpansions, giveUpOrphans, reserveStages, startStages, takeStageResults } from './planning/stages.ts'
import { publishProjections, showable } from './projections/publish-projections.ts'
import { type Draft, emptyDraft, recordEvents } from './session/event-draft.ts'
import { resetDeadline, wakeForMerges } from './session/pending-merges.ts'
import { newSession, nowOf, type OrchestratorStep, type Session } from './session/session.ts'
import { dropRecorded } from './session/stage-runner.ts'
import { followWorkflows } from './session/workflow-files.ts'
import { intake } from './slots/intake.ts'
import { takeBackLost } from './slots/lost-work.ts'
import { observe } from './slots/observe.ts'
import { dispatchSlots, giveUpRequests } from './slots/supply.ts'
import {
  askForSlots,
  noteLimit,
  noteModel,
  pauseRefused,
  startWork,
  takeBaseline,
  verify,
  watchApproval,
  watchBase,
  watchFinalPull,
  watchMoney,
} from './steps.ts'
import { stopOrchestrator } from './stop-orchestrator.ts'
import { answerReviews, watchReviews } from './watch-reviews.ts'

/**
 * The orchestrator of one run: observes, decides, records and publishes in a loop, until only a person can move the run on.
 * All of its state is in git: if it is killed at any point, the next one continues from there.
 * Returns the run as it left it; null: there is no such run.
 */
export async function orchestrate(deps: OrchestrateDeps, run: RunId): Promise<LiveRun | null> {
  const session = await open(deps, run)
  if (session === null) {
    // It has begun, since it is named; its journal has gone since.
    await sayLoss(deps, run, { reason: 'journal-gone', tip: null }, null)
    return null
  }
  try {
    return await work(session)
  } catch (error) {
    await recordFailure(session, error)
    throw error
  }
}

async function work(session: Session): Promise<LiveRun> {
  const { deps, run } = session
  while (session.stopped === null) {
    const observed = await observe(session)
    if (session.stopped !== null) break
    const draft = await decideAll(session, observed.results)
    if (draft.events.length > 0 && !(await appendEvents(session, draft))) continue
    await answerReviews(session)
    dropRecorded(session.stageRunner)
    if (draft.events.length > 0) startStages(session)
    else if (await stopOrchestrator(session)) return session.state
    await dispatchSlots(session)
    await publishProjections(session, { final: false })
    wakeForMerges(session)
    if (draft.events.length === 0) await deps.clock.wait(pollSeconds(session), session.stageRunner.wake.signal)
  }
  for (const { stop } of session.stageRunner.running.values()) stop.abort()
  await sayLoss(deps, run, session.stopped, session)
  return session.state
}

const LONGEST = 500

/** The last word of an orchestrator, for the message that it is gone. It may be what it fails on, so a failure here changes nothing. */
async function recordFailure(session: Session, error: unknown): Promise<void> {
  const { deps, run, tip, state } = session
  const why = deps.redact(error instanceof Error ? error.message : String(error)).slice(0, LONGEST)
  if (state.crash === why) return
  const failed = recordEvents(emptyDraft(state), nowOf(session), { type: 'orchestrator_failed', why })
  await deps.journal.append(run, tip, failed.events, failed.state, []).catch(() => {})
}

const pollSeconds = (session: Session): number => settingsOf(session.state).limits.poll_seconds

async function open(deps: OrchestrateDeps, run: RunId): Promise<Session | null> {
  const [repo, read] = await Promise.all([deps.repo(), deps.journal.read(run)])
  if (read === null || read.state.phase === 'empty') return null
  const { state, tip } = read
  const unsure = new Set([...(mayHaveShownMore(state) ? showable(state) : []), ...Object.keys(state.slots)])
  const session = newSession(deps, repo, run, { state, tip, unsure })
  await bringObjects(session)
  // The first look must include the slots that an earlier process asked for.
  if (state.phase === 'active' || state.phase === 'proposed' || planTry(state) !== null) await dispatchSlots(session)
  return session
}

/** Whether an earlier orchestrator may have shown what the journal does not hold: one that leaves in order records all of it. */
const mayHaveShownMore = ({ orchestrator, lost }: LiveRun): boolean => orchestrator?.started === true || lost === true

/** Fetches the base and every head that the run still depends on into a fresh repository. */
async function bringObjects(session: Session): Promise<void> {
  const work = workOf(session.state)
  if (work === null) return bringBase(session)
  const { tip } = work.trunk
  const heads = Object.values(work.tasks).flatMap(({ attempts, onto }) => {
    const last = attempts.at(-1)
    return [...(last === undefined ? [] : [last.head ?? last.base]), ...onto]
  })
  const workflows = work.workflows === undefined ? [] : [work.workflows.commit]
  await session.repo.fetch([work.base, tip, ...workflows, ...new Set(heads)])
}

/** Fetches the base of a plan that an earlier process had begun. */
async function bringBase({ state, repo }: Session): Promise<void> {
  if (state.planning !== null) await repo.fetch([state.planning.base])
}

/** The steps of a wake-up, in their order. */
export const STEPS: readonly OrchestratorStep[] = [
  noteLimit,
  noteModel,
  giveUpOrphans,
  beginPlan,
  takeStageResults,
  concludePlan,
  giveUpExpansions,
  leaveOutReviews,
  watchFinalPull,
  watchApproval,
  watchReviews,
  takeBackLost,
  watchBase,
  watchTrunk,
  pauseRefused,
  assembleTrunk,
  queueTasks,
  verify,
  reserveStages,
  giveUpRequests,
  planByCommand,
  takeBaseline,
  askForSlots,
  startWork,
  watchMoney,
  prepareBases,
]

/** All that one wake-up decides, given the results of the slots. Nothing of it is recorded yet. */
export async function decideAll(
  session: Session,
  results: readonly ResultArtifact[],
  steps: readonly OrchestratorStep[] = STEPS,
): Promise<Draft> {
  resetDeadline(session)
  let draft = await followWorkflows(session, emptyDraft(session.state))
  draft = await intake(session, draft, results)
  for (const step of steps) draft = await step(session, draft)
  if (!session.started && draft.state.phase !== 'ended')
    draft = recordEvents(draft, nowOf(session), { type: 'orchestrator_started', workflowRun: session.deps.workflowRun })
  return draft
}
