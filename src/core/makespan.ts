import { insertFalling } from './falling.ts'
import { writesOverlap } from './glob.ts'
import { directDependants } from './graph.ts'
import type { Task } from './plan.ts'
import type { TaskId } from './ref.ts'

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
    estimate(task) === 0 ? done.push(task) : insertFalling(ready, rank.get(task.id) ?? 0)

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
      for (const index of passed) insertFalling(ready, index)
      return taken
    },
  }
}
