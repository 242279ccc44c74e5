import type { ResultArtifact } from '../../ports/slots.ts'
import { prepareBases } from './merges/bases.ts'
import { queueTasks } from './merges/queue.ts'
import { assembleTrunk } from './merges/trunk.ts'
import { beginPlan } from './planning/begin.ts'
import { concludePlan } from './planning/conclude.ts'
import { giveUpExpansions, giveUpOrphans, reserveStages, takeFindings } from './planning/stages.ts'
import { type Draft, emptyDraft, record } from './session/event-draft.ts'
import { newPatience } from './session/pending-merges.ts'
import { nowOf, type Session, type Step } from './session/session.ts'
import { intake } from './slots/intake.ts'
import { askForSlots } from './slots/supply.ts'
import { startWork, takeBackLost, verify, watchBase, watchMoney } from './steps.ts'

/** What a wake-up may decide, in the order in which it does. */
export const STEPS: readonly Step[] = [
  giveUpOrphans,
  beginPlan,
  takeFindings,
  concludePlan,
  giveUpExpansions,
  takeBackLost,
  watchBase,
  assembleTrunk,
  queueTasks,
  verify,
  reserveStages,
  askForSlots,
  startWork,
  watchMoney,
  prepareBases,
]

/** Everything that one wake-up decides on what the slots have handed over. Nothing of it is recorded yet. */
export async function decideAll(
  session: Session,
  results: readonly ResultArtifact[],
  steps: readonly Step[] = STEPS,
): Promise<Draft> {
  newPatience(session)
  let draft = await intake(session, emptyDraft(session.state), results)
  for (const step of steps) draft = await step(session, draft)
  if (!session.started && draft.state.phase !== 'ended')
    draft = record(draft, nowOf(session), { type: 'orchestrator_started', workflowRun: session.deps.workflowRun })
  return draft
}
