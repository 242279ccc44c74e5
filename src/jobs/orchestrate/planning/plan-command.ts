import type { NewEvent } from '../../../core/run/event.ts'
import type { LiveRun } from '../../../core/run/state.ts'
import { failedRequest, freeForPlan, lostPlanTry, planTry } from '../../../core/schedule/plan-command.ts'
import { slotsAtWork } from '../../../core/schedule/ready.ts'
import { endedRequests, slotSupply } from '../../../core/slots/slot-jobs.ts'
import { nextRequest } from '../../../core/slots/slot-requests.ts'
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
