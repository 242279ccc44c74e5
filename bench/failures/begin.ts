import type { Plan } from '../../src/core/plan/plan.ts'
import { planIdOf } from '../../src/core/plan/plan-id.ts'
import { replay, replayOn } from '../../src/core/run/evolve.ts'
import { jobStartsFor } from '../../src/core/schedule/slot-requests.ts'
import { askedFor, BASE, live, settingsFor, TRUNK, WORKFLOW_RUN } from '../machine/begin.ts'
import type { VirtualClock } from '../machine/clock.ts'

/** So much, in US dollars, that money holds nothing back. */
const PLENTY = 100_000

/** The same plan for agents: programs are tried again only, agents climb the ladder at whose end a part is planned anew. */
export const forAgents = (plan: Plan): Plan => ({ ...plan, tasks: plan.tasks.map((task) => ({ ...task, run: [] })) })

/** An approved plan that a model's planner wrote, which may be asked again. */
export const plannedAt = (plan: Plan, slots: number) => (clock: VirtualClock) => {
  const at = clock.now().toISOString()
  const some = settingsFor(slots, 1e9)
  const settings = { ...some, budget: { ...some.budget, usd: PLENTY } }
  const frozen = { base: BASE, baseBranch: 'main', settings, settingsBlob: '' }
  const planId = planIdOf({ plan, base: BASE, settingsBlob: '', settings })
  const stamp = { at, by: 'tributary' }
  const approved = replay([
    askedFor(at),
    { type: 'planning_begun', ...stamp, ...frozen, mode: 'strict', limit: PLENTY },
    { type: 'plan_proposed', ...stamp, ...frozen, plan, planId, trunk: TRUNK, notes: [] },
    { type: 'plan_approved', at, by: 'admin', planId, only: null },
  ])
  const { events } = jobStartsFor(approved, true, WORKFLOW_RUN, at, 'admin')
  return { state: live(replayOn(approved, events)), events }
}
