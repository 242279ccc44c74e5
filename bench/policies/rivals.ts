import type { TaskId } from '../../src/core/ids.ts'
import type { Task } from '../../src/core/plan/plan.ts'
import { isSettled, recordOf } from '../../src/core/run/lookup.ts'
import type { TaskState } from '../../src/core/run/task-record.ts'
import type { Work } from '../../src/core/run/work.ts'
import { STEPS } from '../../src/jobs/orchestrate/orchestrate.ts'
import type { Costs } from '../machine/conditions.ts'
import { oracle } from './estimates.ts'
import type { Policy } from './policy.ts'
import { type Rule, stepsBy } from './rule.ts'

/** What ships. */
export const ours: Policy = { name: 'ours', steps: () => STEPS }

/**
 * Plan mode as coding agents have it by default (Claude Code, Cursor, Cline): a person approves a plan, then one agent in one
 * session does one step after another. It runs in the same place, so it waits once for a runner, as our slots do; after that
 * it hands nothing over, and looks and pushes for nothing.
 */
export const serial: Policy = {
  name: 'serial plan mode',
  steps: () => stepsBy((could) => could),
  slots: () => 1,
  costs: (costs) => ({ ...costs, pickUp: () => 0, handOver: () => 0, look: 0, pushesPerMinute: 1e9 }),
}

/**
 * Waves with a barrier: tasks are grouped by their depth beforehand, and a wave starts when all of the one before is done.
 * GSD does so (gsd-build/get-shit-done, get-shit-done/workflows/execute-phase.md): waves one after another, and all agents
 * of one are waited for. Its units are plans of two or three tasks each, it has three agents at once by default, and plans of
 * a wave that change the same file go one by one; here they are single tasks that share no file, on as many slots as ours.
 */
export const wavesInOrder: Policy = {
  name: 'waves, in id order',
  steps: () => stepsBy(wave((a, b) => a - b)),
  costs: staying,
}

/** The same waves, and in each of them the largest task first (LPT; Graham 1969): the best that can be said for waves. */
export const wavesLongestFirst: Policy = {
  name: 'waves, longest first',
  steps: ({ plan }) => {
    const size = (place: number) => SIZES[plan.tasks[place]?.size ?? 'medium']
    return stepsBy(wave((a, b) => size(b) - size(a) || a - b))
  },
  costs: staying,
}

/**
 * Slots stay while they wait at a barrier. Ours leave after a minute, and would be asked for again at once, for tasks that could
 * start but for the barrier: each time a push, of which there are few a minute, and a start.
 */
function staying(costs: Costs): Costs {
  return { ...costs, idle: Number.POSITIVE_INFINITY }
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

/**
 * Dataflow, first in, first out: what became ready first starts first, as in queues of workers. Jobs with `needs` in GitHub
 * Actions run at the same time where they can; in which order they get runners is not promised, and assumed to be this one.
 */
export const firstInFirstOut: Policy = {
  name: 'dataflow, first in first out',
  steps: () => stepsBy((could, work) => could.toSorted((a, b) => since(work, a).localeCompare(since(work, b)))),
}

function since(work: Work, { id }: Task): string {
  const state: TaskState = recordOf(work, id).state
  return 'since' in state ? state.since : ''
}

/**
 * The next task is the ready one with the fewest needs, then the lowest id: `task-master next` where priorities are equal
 * (eyaltoledano/claude-task-master, getNextTask in packages/tm-core/src/modules/tasks/services/task-service.ts). There it
 * names one task for one agent, parts of tasks that have been begun first; that it is asked once for each free slot is ours.
 */
export const fewestNeeds: Policy = {
  name: 'fewest needs, lowest id',
  steps: () => stepsBy((could) => could.toSorted((a, b) => a.needs.length - b.needs.length)),
}

/**
 * Our rule, but somebody looks only now and then: a script that looks at agents' pull requests every 30 seconds while their
 * orchestrator is blocked (AmeliaRose802/enhanced-ado-mcp, .github/chatmodes/ORCHESTRATOR.chatmode.md), a service that does
 * so every 60 by default (Boykai/github-workflows, copilot_polling_interval in backend/src/config.py).
 */
const looking = (seconds: number): Policy => ({
  name: `polling every ${seconds} s`,
  steps: () => STEPS,
  costs: (costs) => ({ ...costs, look: seconds }),
})
export const pollingHalfMinute = looking(30)
export const pollingMinute = looking(60)

/**
 * A fresh job for each task, with its start each time: GitHub's Copilot coding agent gives each task an ephemeral environment of
 * its own, run by GitHub Actions (docs.github.com, "About Copilot coding agent"), and so does a matrix by task.
 */
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
