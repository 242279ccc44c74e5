import type { TaskId } from '../ids.ts'
import { type Measurements, measuredLike, type Spread } from '../money/measurements.ts'
import { writesOverlap } from '../plan/glob.ts'
import { criticalPath, directDependants, insertDescending, remainingPath, width, work } from '../plan/graph.ts'
import type { Plan, Size, Task } from '../plan/plan.ts'
import type { Settings } from '../settings.ts'

/** Minutes of a task by size: assumptions, for a repository without measurements. */
export const ASSUMED_MINUTES: Readonly<Record<Size, number>> = { small: 3, medium: 8, large: 20 }

/** Minutes of a task, at most its time-out. A gate counts as 0: it takes no slot, and a person's time is unknown. */
export const estimate = (task: Task): number =>
  task.kind === 'gate' ? 0 : Math.min(ASSUMED_MINUTES[task.size], task.timeout_minutes)

/** Minutes of a task by what finished tasks like it took here; by its size if they are too few. */
export const minutesBy =
  (settings: Settings, measured: Measurements | null, at: keyof Spread = 'likely') =>
  (task: Task): number => {
    const like = measuredLike(measured, task, settings)
    return like === null ? estimate(task) : Math.min(like.minutes[at], task.timeout_minutes)
  }

export interface Prediction {
  criticalPath: TaskId[]
  criticalPathMinutes: number
  workMinutes: number
  /** With so many slots, assigned as the scheduler does. */
  makespanMinutes: number
  width: number
  /** If one agent does all tasks in sequence. */
  oneAgentMinutes: number
}

/**
 * Deterministic. Leaves out the time to start a slot, to land, to retry and to read a plan. `minutes`: durations, if they
 * are known better than by size; the order of assignment is by size in any case.
 */
export function predict(plan: Plan, slots: number, minutes: (task: Task) => number = estimate): Prediction {
  const path = criticalPath(plan.tasks, minutes)
  const onPath = new Set(path)
  const workMinutes = work(plan.tasks, minutes)
  return {
    criticalPath: path,
    criticalPathMinutes: work(
      plan.tasks.filter(({ id }) => onPath.has(id)),
      minutes,
    ),
    workMinutes,
    makespanMinutes: makespan(plan.tasks, {
      slots: Math.max(1, slots),
      order: byRemainingPath(plan),
      estimate: minutes,
    }),
    width: width(plan.tasks, minutes),
    oneAgentMinutes: workMinutes,
  }
}

interface Ranking {
  ranked: readonly Task[]
  order(a: TaskId, b: TaskId): number
}

/** Cached, since it is needed at each wake-up and a plan rarely changes. */
const rankings = new WeakMap<Plan['tasks'], Ranking>()

/** Compares two tasks: the longest remaining path first, then plan order. */
export const byRemainingPath = (plan: Plan): Ranking['order'] => rankingOf(plan).order

/** The plan's tasks in the order of `byRemainingPath`. */
export const ranked = (plan: Plan): readonly Task[] => rankingOf(plan).ranked

function rankingOf({ tasks }: Plan): Ranking {
  const known = rankings.get(tasks) ?? rank(tasks)
  rankings.set(tasks, known)
  return known
}

function rank(tasks: Plan['tasks']): Ranking {
  const remaining = remainingPath(tasks, estimate)
  // The sort is stable, so ties stay in plan order.
  const sorted = tasks.toSorted((a, b) => (remaining.get(b.id) ?? 0) - (remaining.get(a.id) ?? 0))
  const position = new Map(sorted.map(({ id }, index) => [id, index]))
  const positionOf = (id: TaskId) => position.get(id) ?? tasks.length
  return { ranked: sorted, order: (a, b) => positionOf(a) - positionOf(b) }
}

interface Rules {
  slots: number
  order: (a: TaskId, b: TaskId) => number
  estimate: (task: Task) => number
}

interface Running {
  task: Task
  until: number
}

/** Minutes until the last task is done, if slots take tasks in this order and concurrent ones never write the same path. */
export function makespan(tasks: readonly Task[], { slots, order, estimate }: Rules): number {
  const ranked = tasks.toSorted((a, b) => order(a.id, b.id))
  const ready = readyQueue(ranked, estimate)
  let now = 0
  let running: Running[] = []
  ready.settle([])
  for (;;) {
    for (const task of ready.take(slots - running.length, running)) running.push({ task, until: now + estimate(task) })
    if (running.length === 0) return now
    now = running.reduce((soonest, { until }) => Math.min(soonest, until), Number.POSITIVE_INFINITY)
    ready.settle(running.filter(({ until }) => until <= now).map(({ task }) => task))
    running = running.filter(({ until }) => until > now)
  }
}

/** Tasks whose needs are done, by rank. A task of no duration, such as a gate, is done as soon as it is ready. */
function readyQueue(ranked: readonly Task[], estimate: (task: Task) => number) {
  const rank = new Map(ranked.map(({ id }, index) => [id, index]))
  const dependants = directDependants(ranked)
  const missing = ranked.map(({ needs }) => new Set(needs.filter((need) => rank.has(need))).size)
  const ready: number[] = []
  const roots = ranked.filter((_, index) => missing[index] === 0)

  const release = (task: Task, done: Task[]) =>
    estimate(task) === 0 ? done.push(task) : insertDescending(ready, rank.get(task.id) ?? 0)

  return {
    settle(finished: readonly Task[]) {
      const done = [...finished]
      for (const root of roots.splice(0)) release(root, done)
      for (const task of done)
        for (const id of dependants.get(task.id) ?? []) {
          const index = rank.get(id) ?? 0
          const dependant = ranked[index]
          missing[index] = (missing[index] ?? 0) - 1
          if (missing[index] === 0 && dependant !== undefined) release(dependant, done)
        }
    },
    take(count: number, running: readonly Running[]): Task[] {
      const taken: Task[] = []
      const passed: number[] = []
      while (taken.length < count) {
        const index = ready.pop()
        if (index === undefined) break
        const task = ranked[index]
        if (task === undefined) continue
        const inTheWay = [...running.map((other) => other.task), ...taken].some((other) => writesOverlap(task, other))
        if (inTheWay) passed.push(index)
        else taken.push(task)
      }
      for (const index of passed) insertDescending(ready, index)
      return taken
    },
  }
}
