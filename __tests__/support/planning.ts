import type { Plan, Task } from '../../src/core/plan/plan.ts'
import { planIdOf } from '../../src/core/plan/plan-id.ts'
import type { Exploration, Mode } from '../../src/core/plan/planning.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replay, replayOn } from '../../src/core/run/evolve.ts'
import type { LiveRun } from '../../src/core/run/state.ts'
import { defaultSettings, type Settings } from '../../src/core/settings.ts'
import { type PlanOverrides, planOf, taskNamed } from './plan.ts'
import { AT, requested, shaOf } from './run.ts'

const stamp = { at: AT, by: 'tributary' }
type Bare<Event> = Event extends RunEvent ? Omit<Event, 'at' | 'by'> & { at?: string; by?: string } : never

/** The state after events that need no stamp of their own. */
export const followed = <State extends LiveRun = LiveRun>(state: LiveRun, ...events: Bare<RunEvent>[]): State =>
  replayOn(
    state,
    events.map((event) => ({ ...stamp, ...event }) as RunEvent),
  ) as State

/** A run whose plan a model is to make. */
export const planning = (mode: Mode = 'strict', settings: Settings = defaultSettings): LiveRun =>
  followed(replay(requested()) as LiveRun, {
    type: 'planning_begun',
    base: shaOf('base'),
    baseBranch: 'main',
    settings,
    settingsBlob: '',
    mode,
    limit: settings.budget.usd,
  })

export const exploration = (area = 'all'): Exploration => ({
  area,
  summary: `What is in ${area}`,
  findings: [],
  conventions: [],
  commands: [],
  unknowns: [],
})

/** A task that an agent works on. */
export const agentTask = (id: string, overrides: Partial<Task> = {}): Task => taskNamed(id, { run: [], ...overrides })

/** A plan of a graph, with agents for its tasks. */
export const agentPlan = (graph: string, { tasks = {}, ...fields }: PlanOverrides = {}): Plan => {
  const plan = planOf(graph, { ...fields, tasks })
  return { ...plan, tasks: plan.tasks.map((task) => ({ ...task, run: tasks[task.id]?.run ?? [] })) }
}

export const idOf = (plan: Plan, settings: Settings = defaultSettings): string =>
  planIdOf({ plan, base: shaOf('base'), settingsBlob: '', settings })

/** The events by which a plan that is written whole is put before people. */
export const proposal = (plan: Plan, settings: Settings = defaultSettings): Bare<RunEvent> => ({
  type: 'plan_proposed',
  plan,
  planId: idOf(plan, settings),
  base: shaOf('base'),
  baseBranch: 'main',
  settings,
  settingsBlob: '',
  trunk: shaOf('trunk'),
  notes: [],
})

/** A run whose tasks are worked on by agents, approved and at its very beginning. */
export const agentsAtWork = <State extends LiveRun = Extract<LiveRun, { phase: 'active' }>>(
  graph: string,
  overrides?: PlanOverrides,
  settings: Settings = defaultSettings,
): State => {
  const plan = agentPlan(graph, overrides)
  const explored = followed(planning('strict', settings), { type: 'explored', explorations: [exploration()] })
  return followed<State>(explored, proposal(plan, settings), {
    type: 'plan_approved',
    planId: idOf(plan, settings),
    only: null,
  })
}
