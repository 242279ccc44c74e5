import { draftOfText } from '../../../agent/planner/plan-by-command.ts'
import { failureWords } from '../../../core/failure.ts'
import type { InspectedResult } from '../../../core/slots/result-events.ts'
import { redactDeeply } from '../../../core/text/redact.ts'
import type { ResultArtifact } from '../../../ports/slots.ts'
import { type Draft, recordEvents } from '../session/event-draft.ts'
import { readKnownBase } from '../session/known-base.ts'
import { nowOf, type Session } from '../session/session.ts'

/** What the program printed, linted as any plan. */
export async function takePlan(
  session: Session,
  draft: Draft,
  { attempt }: ResultArtifact,
  result: InspectedResult,
): Promise<Draft> {
  const { planning, options } = draft.state
  if (planning === null) return draft
  const outcome = result.verdict === 'plan' ? result.file.outcome : null
  const failed = (why: string) =>
    recordEvents(draft, nowOf(session), {
      type: 'plan_command_failed',
      attempt,
      why: session.deps.redact(why).slice(0, LONGEST),
    })
  if (outcome?.kind !== 'planned') return failed(whyNone(result))
  const known = await readKnownBase(session.repo.sources(planning.base))
  const made = draftOfText(outcome.text, { settings: planning.settings, options, known })
  if (!made.ok) return failed(`its standard output is no plan: ${made.error}`)
  return recordEvents(
    draft,
    nowOf(session),
    redactDeeply({ type: 'plan_drafted' as const, ...made.value }, session.deps.redact),
  )
}

const LONGEST = 2000

function whyNone(result: InspectedResult): string {
  const outcome = result.verdict === 'plan' ? result.file.outcome : null
  if (result.verdict === 'failed') return failureWords(result.failure, LONGEST / 2)
  return outcome?.kind === 'failed' ? failureWords(outcome.failure, LONGEST / 2) : 'its result is none of a plan'
}
