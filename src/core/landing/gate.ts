import type { TaskId } from '../ids.ts'
import { ownOf } from '../own.ts'
import { isApproved, type RunState, type Work } from '../run/state.ts'

/*
 * The gate of the plan. Code asks it at three places: before a task is given to a slot, before each call of a tool, and
 * before anything lands. No prompt can open it, because no answer of a model is among its arguments.
 */

/** Dispatch: whether anybody may work on the task now. */
export const mayStart = (work: Work, id: TaskId): boolean => work.mode !== 'strict' || isApproved(work, id)

/** Landing: whether the task's commits may become part of trunk. */
export const mayLand = (work: Work, id: TaskId): boolean => work.mode === 'off' || (isApproved(work, id) && !work.open)

/** Tool call: the journal, as it is now, still wants this attempt of this slot, and the plan's gate lets it. Null, or why not. */
export function whyNoCall(
  state: RunState,
  { task, attempt, slot }: { task: TaskId; attempt: number; slot: string },
): string | null {
  if (state.phase !== 'active') return `the run is ${state.phase}`
  const at = ownOf(state.work.tasks, task)?.state
  if (at?.status !== 'in_progress' || at.attempt !== attempt || at.slot !== slot)
    return `${task}, attempt ${attempt}, is not at work in ${slot}`
  return mayStart(state.work, task) ? null : `the plan that holds ${task} is not approved`
}
