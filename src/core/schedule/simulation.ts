import type { TaskId } from '../ids.ts'
import { remainingPath, topologicalOrder } from '../plan/graph.ts'
import type { Plan, Task } from '../plan/plan.ts'
import { recordOf, statusOf, type Work } from '../run/state.ts'
import { estimate, predict } from './prediction.ts'

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

/** A task between the earliest and the latest start that leave the critical path as long as it is. */
interface Window {
  earliest: number
  latest: number
  minutes: number
}

/**
 * Minutes below which no schedule on so many slots ends, for each number of slots: the critical path, stretched by the work
 * that any interval must hold beyond what the slots can do in it (Fernandez and Bussell 1973).
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

/** The most minutes by which an interval's work exceeds what so many slots do in it. Seen from both ends of time: each misses some. */
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
  /** How much faster the work grows as the interval's start moves on towards zero. */
  by: 1 | -1
}

/**
 * What an interval with this end must hold of each task: no more than is left when that starts as early or as late as it
 * may. The sum is a broken line over the interval's start, so that only its bends can be the worst.
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
  let [held, growing, before] = [0, 0, end]
  for (const { at, by } of bends) {
    held += growing * (before - at)
    growing += by
    before = at
    for (let index = 0; index < slots.length; index += 1)
      most[index] = Math.max(most[index] ?? 0, held / (slots[index] ?? 1) - (end - at))
  }
}
