import { draftOfText } from '../../../agent/planner/plan-by-command.ts'
import { failureLog, type TaskFailure } from '../../../core/failure.ts'
import type { NewEvent } from '../../../core/run/event.ts'
import type { LiveRun } from '../../../core/run/state.ts'
import { failedRequest, freeForPlan, lostPlanTry, planTry } from '../../../core/schedule/plan-command.ts'
import { slotsAtWork } from '../../../core/schedule/ready.ts'
import type { InspectedResult } from '../../../core/schedule/result-events.ts'
import { endedRequests, slotSupply } from '../../../core/schedule/slot-jobs.ts'
import { nextRequest } from '../../../core/schedule/slot-requests.ts'
import { redactDeeply } from '../../../core/text/redact.ts'
import type { ResultArtifact } from '../../../ports/slots.ts'
import { unlessLimited } from '../session/api-limit.ts'
import { type Draft, recordEvents } from '../session/event-draft.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'
import { commentsOf, keptComments } from './read-input.ts'

/** Gives the program of `plan.command` to a slot, since no program runs in a job that may write; asks for one if none is there. */
export const planByCommand: OrchestratorStep = async (session, draft) => {
  const wanted = planTry(draft.state)
  if (wanted === null) return draft
  if (wanted.slot !== null) return record(session, draft, lostPlanTry(wanted, session.jobs))
  const slot = freeForPlan(session.jobs, busyIn(draft.state))
  if (slot !== null) {
    const comments = keptComments(await unlessLimited(session, () => commentsOf(session), []))
    return record(session, draft, { type: 'plan_command_started', attempt: wanted.attempt, slot, ...comments })
  }
  return askForOne(session, draft, wanted.attempt)
}

const busyIn = (state: LiveRun): string[] => (state.phase === 'active' ? slotsAtWork(state.work) : [])

const record = (session: Session, draft: Draft, event: NewEvent | null): Draft =>
  event === null ? draft : recordEvents(draft, nowOf(session), event)

function askForOne(session: Session, draft: Draft, attempt: number): Draft {
  const now = recordEvents(draft, nowOf(session), ...endedRequests(draft.state, session.jobs))
  const failed = failedRequest(now.state)
  if (failed !== null) {
    const { request, words: why } = failed
    return record(session, now, { type: 'plan_command_failed', attempt, why, request })
  }
  if (slotSupply(now.state, session.jobs, session.deps.clock.now()) > 0) return now
  const request = nextRequest(now.state)
  return record(session, now, { type: 'slots_requested', request, count: 1, workflowRun: null })
}

/** What the program printed, linted as any plan. */
export function takePlan(session: Session, draft: Draft, { attempt }: ResultArtifact, result: InspectedResult): Draft {
  const { planning, options } = draft.state
  if (planning === null) return draft
  const outcome = result.verdict === 'plan' ? result.file.outcome : null
  const failed = (why: string) =>
    record(session, draft, { type: 'plan_command_failed', attempt, why: session.deps.redact(why).slice(0, LONGEST) })
  if (outcome?.kind !== 'planned') return failed(whyNone(result))
  const made = draftOfText(outcome.text, { settings: planning.settings, options })
  if (!made.ok) return failed(`its standard output is no plan: ${made.error}`)
  return record(session, draft, redactDeeply({ type: 'plan_drafted' as const, ...made.value }, session.deps.redact))
}

const LONGEST = 2000

function whyNone(result: InspectedResult): string {
  const outcome = result.verdict === 'plan' ? result.file.outcome : null
  if (result.verdict === 'failed') return wordsOf(result.failure)
  return outcome?.kind === 'failed' ? wordsOf(outcome.failure) : 'its result is none of a plan'
}

/** The detail of a failure, or the end of its output. */
function wordsOf(failure: TaskFailure): string {
  const said = ('detail' in failure ? failure.detail : failureLog(failure)) ?? ''
  const code = 'exitCode' in failure ? ` with exit code ${failure.exitCode}` : ''
  return `${failure.reason}${code}: ${said.trim().slice(-LONGEST / 2)}`
}
