import { remainingPath } from '../../src/core/graph.ts'
import type { Task } from '../../src/core/plan.ts'
import type { TaskId } from '../../src/core/ref.ts'
import { isSettled, recordOf, type TaskState, type Work } from '../../src/core/state.ts'
import { STEPS } from '../../src/jobs/decide-all.ts'
import type { Policy } from './policy.ts'
import { type Rule, stepsBy } from './rule.ts'

/** What ships. */
export const ours: Policy = { name: 'ours', steps: () => STEPS }

/** Our rule with what nobody has: the true durations. What remains to the bound is not for better estimates to win. */
export const oracle: Policy = {
  name: 'oracle',
  steps({ plan, minutes }) {
    const remaining = remainingPath(plan.tasks, ({ id }) => minutes.get(id) ?? 0)
    return stepsBy((could) => could.toSorted((a, b) => (remaining.get(b.id) ?? 0) - (remaining.get(a.id) ?? 0)))
  },
}

/**
 * Plan mode as coding agents have it (Claude Code, Cursor, Cline): a person approves a plan, then one agent in one session
 * does one step after another. It starts once, and hands nothing over.
 */
export const serial: Policy = {
  name: 'serial plan mode',
  steps: () => stepsBy((could) => could),
  slots: () => 1,
  costs: (costs) => ({ ...costs, pickUp: () => 0, handOver: () => 0, look: 0, pushesPerMinute: 1e9 }),
}

/**
 * Waves with a barrier: tasks are grouped by their depth beforehand, and a wave starts when all of the one before is done.
 * GSD (get-shit-done) does so in `execute-phase`, and many `/parallel` commands after it.
 */
export const wavesInOrder: Policy = { name: 'waves, in id order', steps: () => stepsBy(wave((a, b) => a - b)) }

/** The same waves, and in each of them the largest task first (LPT; Graham 1969): the best that can be said for waves. */
export const wavesLongestFirst: Policy = {
  name: 'waves, longest first',
  steps: ({ plan }) => {
    const size = (place: number) => SIZES[plan.tasks[place]?.size ?? 'medium']
    return stepsBy(wave((a, b) => size(b) - size(a) || a - b))
  },
}

const SIZES = { small: 0, medium: 1, large: 2 }

function wave(order: (a: number, b: number) => number): Rule {
  return (could, work) => {
    const depth = depths(work)
    const open = work.plan.tasks.filter(({ id }) => !isSettled(work, id))
    const current = Math.min(...open.map(({ id }) => depth.get(id) ?? 0))
    const place = new Map(work.plan.tasks.map(({ id }, index) => [id, index]))
    return could
      .filter(({ id }) => depth.get(id) === current)
      .toSorted((a, b) => order(place.get(a.id) ?? 0, place.get(b.id) ?? 0))
  }
}

function depths({ plan }: Work): Map<TaskId, number> {
  const depth = new Map<TaskId, number>()
  for (const { id, needs } of plan.tasks) depth.set(id, Math.max(-1, ...needs.map((need) => depth.get(need) ?? 0)) + 1)
  return depth
}

/** Dataflow, first in, first out: what became ready first starts first. GitHub Actions' `needs`, and queues of workers. */
export const firstInFirstOut: Policy = {
  name: 'dataflow, first in first out',
  steps: () => stepsBy((could, work) => could.toSorted((a, b) => since(work, a).localeCompare(since(work, b)))),
}

function since(work: Work, { id }: Task): string {
  const state: TaskState = recordOf(work, id).state
  return 'since' in state ? state.since : ''
}

/** The next task is the ready one with the fewest needs, then the lowest id: `task-master next` (claude-task-master), priorities being equal. */
export const fewestNeeds: Policy = {
  name: 'fewest needs, lowest id',
  steps: () => stepsBy((could) => could.toSorted((a, b) => a.needs.length - b.needs.length)),
}

/** Our rule, but somebody looks only now and then: orchestrators that poll their agents or pull requests on a timer. */
const looking = (seconds: number): Policy => ({
  name: `polling every ${seconds} s`,
  steps: () => STEPS,
  costs: (costs) => ({ ...costs, look: seconds }),
})
export const pollingHalfMinute = looking(30)
export const pollingMinute = looking(60)

/** A fresh job for each task, with its start each time: coding agents that take one issue to one job, and matrix jobs by task. */
export const jobPerTask: Policy = {
  name: 'one job per task',
  steps: () => STEPS,
  // The start of a slot ends with its first pick-up.
  costs: (costs) => ({ ...costs, startUp: () => 0, pickUp: (attempt) => costs.startUp(attempt) }),
}

export const rivals: readonly Policy[] = [
  serial,
  wavesInOrder,
  wavesLongestFirst,
  firstInFirstOut,
  fewestNeeds,
  pollingHalfMinute,
  pollingMinute,
  jobPerTask,
  oracle,
]
