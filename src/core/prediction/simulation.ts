import type { TaskId } from '../ids.ts'
import { remainingPath, topologicalOrder } from '../plan/graph.ts'
import type { Plan, Task } from '../plan/plan.ts'
import { recordOf, statusOf } from '../run/lookup.ts'
import type { Work } from '../run/work.ts'
import { estimate, predict } from './prediction.ts'

/** The predicted schedule of a plan on a number of slots. */
export interface Simulated {
  slots: number
  makespanMinutes: number
  /** Lower bound of all schedules on so many slots. */
  boundMinutes: number
  /** Idle minutes of all slots together, if each exists from the beginning to the end. */
  idleMinutes: number
}

/** By the same rules and assumptions as the numbers in a proposed plan. */
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

/** Minutes of all attempts at a task together; estimated by size if it never ran. */
export const minutesTaken =
  (work: Work) =>
  (task: Task): number => {
    if (hasNoWork(work, task)) return 0
    const spans = spansOf(work, task.id)
    return spans.length === 0 ? estimate(task) : spans.reduce((sum, one) => sum + one, 0)
  }

/** Tasks that never ran, so that their duration is unknown. */
export const tasksNeverRun = (work: Work): TaskId[] =>
  work.plan.tasks.filter((task) => !hasNoWork(work, task) && spansOf(work, task.id).length === 0).map(({ id }) => id)

/** A gate, or a task that was expanded into others. */
const hasNoWork = (work: Work, { id, kind }: Task): boolean => kind === 'gate' || statusOf(work, id) === 'expanded'

/** Minutes of each attempt at a task that was at work and has ended. */
export const spansOf = (work: Work, id: TaskId): number[] =>
  recordOf(work, id).attempts.flatMap(({ startedAt, endedAt }) =>
    startedAt === null || endedAt === null ? [] : [(Date.parse(endedAt) - Date.parse(startedAt)) / 60_000],
  )

/** A task's earliest and latest start that do not lengthen the critical path. */
interface Window {
  earliest: number
  latest: number
  minutes: number
}

/**
 * For each number of slots, a lower bound of any schedule in minutes: the critical path, plus the largest excess of the work
 * that an interval must contain over the capacity of the slots (Fernandez and Bussell 1973).
 */
export function lowerBounds(
  tasks: Plan['tasks'],
  estimate: (task: Task) => number,
  slots: readonly number[],
): number[] {
  const windows = windowsOf(tasks, estimate)
  const whole = windows.reduce((most, one) => Math.max(most, one.latest + one.minutes), 0)
  return overloads(windows, whole, slots).map((over) => whole + over)
}

function windowsOf(tasks: Plan['tasks'], estimate: (task: Task) => number): Window[] {
  const remaining = remainingPath(tasks, estimate)
  const whole = Math.max(0, ...remaining.values())
  const ends = new Map<string, number>()
  return topologicalOrder(tasks).map((task) => {
    const minutes = estimate(task)
    const earliest = task.needs.reduce((latest, need) => Math.max(latest, ends.get(need) ?? 0), 0)
    ends.set(task.id, earliest + minutes)
    return { earliest, latest: whole - (remaining.get(task.id) ?? 0), minutes }
  })
}

/** The largest excess of an interval's work over the slots' capacity. In both directions of time, since each misses some. */
function overloads(windows: readonly Window[], whole: number, slots: readonly number[]): number[] {
  const mirrored = windows.map(({ earliest, latest, minutes }) => ({
    earliest: whole - latest - minutes,
    latest: whole - earliest - minutes,
    minutes,
  }))
  const most = slots.map(() => 0)
  for (const seen of [windows, mirrored])
    for (const end of endsOf(seen)) worstStart(bendsBefore(seen, end), end, slots, most)
  return most
}

const endsOf = (windows: readonly Window[]): Set<number> =>
  new Set(windows.flatMap(({ earliest, latest, minutes }) => [earliest, earliest + minutes, latest, latest + minutes]))

interface Bend {
  at: number
  /** Change of slope of the work as the interval's start moves towards zero. */
  by: 1 | -1
}

/**
 * The minimum work of each task in an interval with this end: what remains if the task starts as early or as late as
 * possible. Their sum is piecewise linear in the interval's start, so that its maximum excess is at a bend.
 */
function bendsBefore(windows: readonly Window[], end: number): Bend[] {
  const bends: Bend[] = []
  for (const { earliest, latest, minutes } of windows) {
    const most = Math.min(minutes, end - latest)
    if (most <= 0) continue
    const from = Math.min(end, earliest + minutes)
    bends.push({ at: from, by: 1 }, { at: from - most, by: -1 })
  }
  return bends.sort((a, b) => b.at - a.at)
}

function worstStart(bends: readonly Bend[], end: number, slots: readonly number[], most: number[]): void {
  let [contained, slope, before] = [0, 0, end]
  for (const { at, by } of bends) {
    contained += slope * (before - at)
    slope += by
    before = at
    for (let index = 0; index < slots.length; index += 1)
      most[index] = Math.max(most[index] ?? 0, contained / (slots[index] ?? 1) - (end - at))
  }
}
