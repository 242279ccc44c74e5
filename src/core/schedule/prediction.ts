import type { TaskId } from '../ids.ts'
import { writesOverlap } from '../plan/glob.ts'
import { criticalPath, directDependants, insertDescending, remainingPath, width, work } from '../plan/graph.ts'
import type { Plan, Size, Task } from '../plan/plan.ts'

/** Assumptions, not measurements: what a task of each size takes in minutes where nothing is known of the repository. */
export const ASSUMED_MINUTES: Readonly<Record<Size, number>> = { small: 3, medium: 8, large: 20 }

/** A gate takes a person's time, which nobody knows, and no slot; a task takes no longer than it may. */
export const estimate = (task: Task): number =>
  task.kind === 'gate' ? 0 : Math.min(ASSUMED_MINUTES[task.size], task.timeout_minutes)

export interface Prediction {
  criticalPath: TaskId[]
  criticalPathMinutes: number
  workMinutes: number
  /** With this many slots, given out as the scheduler does. */
  makespanMinutes: number
  width: number
  /** One agent does all the work, one task after another. */
  oneAgentMinutes: number
}

/**
 * Deterministic. Leaves out what it takes to start a slot, to land, to try again, and to read a plan. `minutes`: what tasks
 * take, where that is known better than by their size; in which order they are given out, their size decides all the same.
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

/** A run asks at each wake-up, and its plan hardly ever changes. */
const rankings = new WeakMap<Plan['tasks'], Ranking>()

/** Which of two tasks goes first: the one with the longest remaining path, then the one that the plan names first. */
export const byRemainingPath = (plan: Plan): Ranking['order'] => rankingOf(plan).order

/** The plan's tasks in that order. */
export const ranked = (plan: Plan): readonly Task[] => rankingOf(plan).ranked

function rankingOf({ tasks }: Plan): Ranking {
  const known = rankings.get(tasks) ?? rank(tasks)
  rankings.set(tasks, known)
  return known
}

function rank(tasks: Plan['tasks']): Ranking {
  const remaining = remainingPath(tasks, estimate)
  // The sort is stable: tasks with paths of the same length stay in the order of the plan.
  const sorted = tasks.toSorted((a, b) => (remaining.get(b.id) ?? 0) - (remaining.get(a.id) ?? 0))
  const place = new Map(sorted.map(({ id }, index) => [id, index]))
  const placeOf = (id: TaskId) => place.get(id) ?? tasks.length
  return { ranked: sorted, order: (a, b) => placeOf(a) - placeOf(b) }
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

/** Minutes until the last task is done, when slots take tasks in this order and two at work never write the same path. */
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

/** Tasks whose needs are done, by rank. What takes no time, such as a gate, is done as soon as it is ready. */
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
