import { lowerBounds } from './bound.ts'
import type { Plan, Task } from './plan.ts'
import { estimate, predict } from './predict.ts'
import type { TaskId } from './ref.ts'
import { recordOf, statusOf, type Work } from './state.ts'

/** What a number of slots would make of a plan. */
export interface Simulated {
  slots: number
  makespanMinutes: number
  /** No schedule on so many slots ends sooner. */
  boundMinutes: number
  /** Minutes that slots wait in all, were each there from the beginning to the end. */
  idleMinutes: number
}

/** By the same rule, and with the same assumptions, as the numbers under a proposed plan. */
export function simulate(
  plan: Plan,
  slots: readonly number[],
  minutes: (task: Task) => number = estimate,
): Simulated[] {
  const bounds = lowerBounds(plan.tasks, minutes, slots)
  return slots.map((count, index) => {
    const { makespanMinutes, workMinutes } = predict(plan, count, minutes)
    return {
      slots: count,
      makespanMinutes,
      boundMinutes: bounds[index] ?? 0,
      idleMinutes: count * makespanMinutes - workMinutes,
    }
  })
}

/** Minutes that a slot was at each task, all its attempts together; what was never at work is estimated by its size. */
export const minutesTaken =
  (work: Work) =>
  (task: Task): number => {
    if (isNoWork(work, task)) return 0
    const spans = spansOf(work, task.id)
    return spans.length === 0 ? estimate(task) : spans.reduce((sum, one) => sum + one, 0)
  }

/** Tasks that no slot was ever at: nobody knows what they take. */
export const unworked = (work: Work): TaskId[] =>
  work.plan.tasks.filter((task) => !isNoWork(work, task) && spansOf(work, task.id).length === 0).map(({ id }) => id)

/** A person's part, or one whose tasks stand in its place. */
const isNoWork = (work: Work, { id, kind }: Task): boolean => kind === 'gate' || statusOf(work, id) === 'expanded'

const spansOf = (work: Work, id: TaskId): number[] =>
  recordOf(work, id).attempts.flatMap(({ startedAt, endedAt }) =>
    startedAt === null || endedAt === null ? [] : [(Date.parse(endedAt) - Date.parse(startedAt)) / 60_000],
  )
