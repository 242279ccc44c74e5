import type { TaskId } from '../../src/core/ids.ts'
import { findCycle, topologicalOrder } from '../../src/core/plan/graph.ts'
import { type Plan, planSchema, type Task } from '../../src/core/plan/plan.ts'

export type PlanOverrides = Partial<Omit<Plan, 'tasks'>> & { tasks?: Record<TaskId, Partial<Task>> }

/** A task that writes `<id>/**`, runs `true` and is accepted by `true`. */
export const taskNamed = (id: TaskId, overrides: Partial<Task> = {}): Task => ({
  id,
  title: `Task ${id}`,
  goal: '',
  context: '',
  needs: [],
  writes: [`${id}/**`],
  reads: [],
  acceptance: { argv: ['true'], expect: '' },
  steps: [],
  expected_outcome: '',
  interface: '',
  out_of_scope: '',
  risk: '',
  size: 'medium',
  model_tier: 'default',
  kind: 'code',
  commands: [],
  run: ['true'],
  timeout_minutes: 30,
  ...overrides,
})

/** What a gate lacks of a task: it writes nothing, runs nothing and is accepted by a person. */
export const gate: Partial<Task> = { kind: 'gate', writes: [], run: [], acceptance: { argv: [], expect: '' } }

/** `a > c, b > c, d` as nodes in the order in which they are named. */
export function graphOf(graph: string): { id: TaskId; needs: TaskId[] }[] {
  const needs = new Map<TaskId, Set<TaskId>>()
  for (const chain of graph.split(',').filter((part) => part.trim() !== '')) {
    const ids = chain.split('>').map((id) => id.trim())
    ids.forEach((id, index) => {
      const own = needs.get(id) ?? new Set()
      const need = ids[index - 1]
      needs.set(id, need === undefined ? own : own.add(need))
    })
  }
  return [...needs].map(([id, own]) => ({ id, needs: [...own] }))
}

/**
 * A valid plan of a graph: `planOf('a > c, b > c')`, with fields of the plan, or of its tasks by id, replaced:
 * `planOf('a > g', { verification: [], tasks: { g: gate } })`. Needs come first, else tasks stand in the order in
 * which the graph names them. A graph with a cycle stays in that order.
 */
export function planOf(graph: string, { tasks = {}, ...fields }: PlanOverrides = {}): Plan {
  const nodes = graphOf(graph)
  const ordered = findCycle(nodes) === null ? topologicalOrder(nodes) : nodes
  return planSchema.parse({
    title: 'A plan',
    summary: '',
    context: '',
    approach: '',
    assumptions: [],
    questions: [],
    non_goals: [],
    critical_files: [],
    verification: [{ argv: ['true'] }],
    tasks: ordered.map(({ id, needs }) => taskNamed(id, { needs, ...tasks[id] })),
    ...fields,
  })
}
