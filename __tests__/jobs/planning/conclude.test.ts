import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../src/core/plan.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { type LiveRun, workOf } from '../../../src/core/state.ts'
import { agentPlan, exploration, followed, planning } from '../../support/planning.ts'
import { concluded } from './concluding.ts'

const explored = (settings: object = {}, mode: 'strict' | 'soft' | 'off' = 'strict'): LiveRun =>
  followed(planning(mode, settingsSchema.parse(settings)), { type: 'explored', explorations: [exploration()] })
const drafted = (plan: Plan, problems: string[] = []) => ({ type: 'plan_drafted' as const, plan, notes: [], problems })
const accepted = { type: 'plan_judged' as const, accepted: true, problems: [] }
const proposalOf = async (state: LiveRun) => {
  const draft = await concluded(state)
  const work = workOf(draft.state)
  if (work === null) throw new Error(`no plan: ${draft.events.map(({ type }) => type).join(', ')}`)
  return { work, ids: work.plan.tasks.map(({ id }) => id), notes: work.notes.join('\n') }
}

describe('a plan whose parts gain little beside each other', () => {
  const chain = agentPlan('a > b > c > d > e')
  it('is one task where one attempt has room for it, and it is said what that holds', async () => {
    const { ids, notes } = await proposalOf(
      followed(explored({ limits: { turns: 200 }, budget: { task_usd: 10 } }), drafted(chain), accepted),
    )
    expect(ids).toEqual(['t1'])
    expect(notes).toContain('5 tasks were folded into one')
    expect(notes).toContain('40 minutes, or 104 turns')
  })
  it('stays as it is where one attempt has none', async () =>
    expect((await proposalOf(followed(explored(), drafted(chain), accepted))).ids).toEqual(['a', 'b', 'c', 'd', 'e']))
})
