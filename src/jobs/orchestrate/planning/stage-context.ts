import type { Speaker } from '../../../agent/loop/metered-model.ts'
import type { PlannerInput } from '../../../agent/planner/planner-input.ts'
import type { Nothing } from '../../../agent/planner/structured-answer.ts'
import type { Planning, Stage } from '../../../core/plan/planning.ts'
import { hushed } from '../../../core/text/redact.ts'
import type { Sources } from '../../../ports/sources.ts'
import { type Draft, type NewEvent, record } from '../session/event-draft.ts'
import { nowOf, type Session } from '../session/session.ts'

/** Everything that one try of a stage has at hand. The state is the one that it began with. */
export interface At {
  session: Session
  stage: Stage
  planning: Planning
  input: PlannerInput
  speaker: Speaker
  sources: Sources
  signal: AbortSignal
}

/** What a stage came to: what to record, or why there is nothing. */
export type StageEnd = { ok: true; into(session: Session, draft: Draft): Promise<Draft> | Draft } | Nothing

/** Records these events when the stage's word is taken in. */
export const events = (...found: NewEvent[]): StageEnd => ({
  ok: true,
  into: (session, draft) => record(draft, nowOf(session), ...hushed(found, session.deps.redact)),
})
