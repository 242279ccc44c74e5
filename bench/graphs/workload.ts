import type { TaskId } from '../../src/core/ids.ts'
import { type Plan, planSchema, type Size, type Task } from '../../src/core/plan/plan.ts'
import type { Workload } from '../machine/conditions.ts'
import { lognormal, type Random } from '../random.ts'

/** A graph to be filled with durations: needs name earlier nodes. `weight`: what a node takes, in medians. */
export interface Graph {
  name: string
  nodes: readonly { id: TaskId; needs: readonly TaskId[]; weight: number }[]
}

export interface TimedWorkload extends Workload {
  /** Minutes that each task really takes. */
  minutes: ReadonlyMap<TaskId, number>
}

/** Minutes of a task of weight 1, in the median. */
export const MEDIAN = 8

/**
 * Durations are lognormal around the weight, and so is the error of who estimates them, with the same sigma. The estimate
 * reaches the scheduler as people and planners give it: as one of three sizes.
 */
export function workloadOf(graph: Graph, sigma: number, random: Random): TimedWorkload {
  const minutes = new Map<TaskId, number>()
  const tasks = graph.nodes.map(({ id, needs, weight }) => {
    const takes = Math.max(0.05, MEDIAN * weight * lognormal(random, sigma))
    minutes.set(id, Math.round(takes * 60_000) / 60_000)
    return taskOf(id, needs, sizeOf(takes * lognormal(random, sigma)))
  })
  const attempt = (task: TaskId) => ({ minutes: minutes.get(task) ?? 0, failure: null })
  return { name: graph.name, plan: planOf(graph.name, tasks), attempt, minutes }
}

/** The size whose assumed minutes are the nearest, by the ratio. */
export const sizeOf = (minutes: number): Size => {
  if (minutes < Math.sqrt(3 * 8)) return 'small'
  return minutes < Math.sqrt(8 * 20) ? 'medium' : 'large'
}

export const planOf = (title: string, tasks: readonly Task[]): Plan =>
  planSchema.parse({
    title,
    summary: '',
    context: '',
    approach: '',
    assumptions: [],
    questions: [],
    non_goals: [],
    critical_files: [],
    verification: [{ argv: ['true'] }],
    tasks,
  })

export const taskOf = (id: TaskId, needs: readonly TaskId[], size: Size): Task => ({
  id,
  title: `Task ${id}`,
  goal: '',
  context: '',
  needs: [...needs],
  writes: [`${id}/**`],
  reads: [],
  acceptance: { argv: ['true'], expect: '' },
  steps: [],
  expected_outcome: '',
  interface: '',
  out_of_scope: '',
  risk: '',
  size,
  model_tier: 'default',
  kind: 'code',
  commands: [],
  run: ['true'],
  timeout_minutes: 360,
})
