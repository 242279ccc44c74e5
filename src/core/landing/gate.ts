import type { TaskId } from '../ids.ts'
import { ownOf } from '../own.ts'
import type { NewEvent } from '../run/event.ts'
import { isApproved, recordOf } from '../run/lookup.ts'
import type { RunState } from '../run/state.ts'
import type { Work } from '../run/work.ts'

/*
 * The gate of the plan, checked at three places: before a task is assigned to a slot, before each tool call, and before
 * a landing. No prompt can open it, because no output of a model is among its arguments.
 */

/** Dispatch: whether work on the task may start. */
export const mayStart = (work: Work, id: TaskId): boolean => work.mode !== 'strict' || isApproved(work, id)

/** Landing: whether the task's commits may become part of trunk. */
export const mayLand = (work: Work, id: TaskId): boolean => work.mode === 'off' || (isApproved(work, id) && !work.open)

/** A verified task lands by itself, unless a person is asked first: by the settings, or since one closed its pull request. */
export const waitsForPerson = (work: Work, id: TaskId): boolean =>
  work.settings.merge === 'review' || recordOf(work, id).pullClosed !== undefined

/** The landing that follows at once; none if a person is asked. */
export const landing = (work: Work, task: TaskId, attempt: number): NewEvent[] =>
  waitsForPerson(work, task) ? [] : [{ type: 'task_landed', task, attempt }]

/** Tool call: why it is refused; null if, by the current journal, the attempt is in progress in this slot and may start. */
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
