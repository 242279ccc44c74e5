import type { Task } from '../../src/core/plan/plan.ts'
import { recordOf } from '../../src/core/run/lookup.ts'
import type { Work } from '../../src/core/run/work.ts'
import { startable } from '../../src/core/schedule/ready.ts'
import { freeSlots } from '../../src/core/slots/slot-jobs.ts'
import { STEPS } from '../../src/jobs/orchestrate/orchestrate.ts'
import { recordEvents } from '../../src/jobs/orchestrate/session/event-draft.ts'
import { nowOf, type OrchestratorStep, type Session } from '../../src/jobs/orchestrate/session/session.ts'
import { startWork } from '../../src/jobs/orchestrate/steps.ts'

/** Which of the tasks that could start do so, and in which order. The scheduler that ships knows nothing of it. */
export type Rule = (could: readonly Task[], work: Work, session: Session) => readonly Task[]

/** The shipped steps, but what is given to the free slots is decided by the rule. */
export const stepsBy = (rule: Rule): readonly OrchestratorStep[] =>
  STEPS.map((step) => (step === startWork ? startBy(rule) : step))

const startBy =
  (rule: Rule): OrchestratorStep =>
  (session, draft) => {
    if (draft.state.phase !== 'active') return draft
    const { work } = draft.state
    if (work.verification?.status === 'queued') return startWork(session, draft)
    const slots = freeSlots(draft.state, session.jobs)
    // In the order of the plan, so that a rule that says nothing of two tasks takes the first.
    const could = new Set(startable(work).map(({ id }) => id))
    const chosen = rule(
      work.plan.tasks.filter(({ id }) => could.has(id)),
      work,
      session,
    ).slice(0, slots.length)
    return chosen.reduce((next, task, index) => {
      const { attempts } = recordOf(work, task.id)
      const slot = slots[index] ?? ''
      return recordEvents(next, nowOf(session), { type: 'task_started', task: task.id, attempt: attempts.length, slot })
    }, draft)
  }
