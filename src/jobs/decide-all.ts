import type { ResultArtifact } from '../ports/slots.ts'
import { prepareBases } from './bases.ts'
import { type Draft, emptyDraft, record } from './draft.ts'
import { intake } from './intake.ts'
import { newPatience } from './merges.ts'
import { beginPlan } from './planning/begin.ts'
import { concludePlan } from './planning/conclude.ts'
import { giveUpExpansions } from './planning/give-up.ts'
import { giveUpOrphans, reserveStages, takeFindings } from './planning/stages.ts'
import { queueTasks } from './queue.ts'
import { nowOf, type Session, type Step } from './session.ts'
import { startWork, takeBackLost, verify, watchBase, watchMoney } from './steps.ts'
import { askForSlots } from './supply.ts'
import { assembleTrunk } from './trunk.ts'

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
