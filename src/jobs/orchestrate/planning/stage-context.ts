import type { MeteredModel } from '../../../agent/loop/metered-model.ts'
import type { PlannerInput } from '../../../agent/planner/planner-input.ts'
import type { NoAnswer } from '../../../agent/planner/structured-answer.ts'
import type { Planning, Stage } from '../../../core/plan/planning.ts'
import type { NewEvent } from '../../../core/run/event.ts'
import { redactDeeply } from '../../../core/text/redact.ts'
import type { CommitSources } from '../../../ports/sources.ts'
import { type Draft, recordEvents } from '../session/event-draft.ts'
import { nowOf, type Session } from '../session/session.ts'

/** What one try of any stage has. The state is the one at its beginning. */
export interface StageBasis {
  session: Session
  stage: Stage
  metered: MeteredModel
  signal: AbortSignal
}

/** The input of one try of a stage of the planner. */
export interface StageContext extends StageBasis {
  planning: Planning
  input: PlannerInput
  sources: CommitSources
}

/** The end of a stage: what to record, or why there is nothing. */
export type StageEnd = { ok: true; into(session: Session, draft: Draft): Promise<Draft> | Draft } | NoAnswer

/** Records these events, redacted, when the result is taken in. */
export const recordsEvents = (...found: NewEvent[]): StageEnd => ({
  ok: true,
  into: (session, draft) => recordEvents(draft, nowOf(session), ...redactDeeply(found, session.deps.redact)),
})
