import { tasksIn } from '../../core/by-status.ts'
import { whyGivenUp } from '../../core/stages.ts'
import { recordOf } from '../../core/state.ts'
import { record } from '../draft.ts'
import { nowOf, type Step } from '../session.ts'

/** A `plan` task that nobody could turn into tasks fails, so that a person is told and can have it tried again. */
export const giveUpExpansions: Step = (session, draft) => {
  const { state } = draft
  if (state.phase !== 'active' || state.work.open) return draft
  const { work } = state
  return tasksIn(work, 'pending').reduce((next, { id, kind }) => {
    const { attempts } = recordOf(work, id)
    const why = kind === 'plan' ? whyGivenUp(state, 'expand', id) : null
    if (why === null) return next
    const failure = { reason: 'model-failed', detail: `nobody could turn it into tasks: ${why}` } as const
    const attempt = attempts.length + 1
    return record(next, nowOf(session), { type: 'task_failed', task: id, attempt, head: null, failure, final: true })
  }, draft)
}
