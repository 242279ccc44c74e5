import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../../src/core/plan/plan.ts'
import { type LiveRun, workOf } from '../../../../src/core/run/state.ts'
import { settingsSchema } from '../../../../src/core/settings.ts'
import { agentPlan, exploration, followed, planning } from '../../../support/planning.ts'
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

describe('what is said of the critique', () => {
  const sound = { goal: 'Do it', acceptance: { argv: ['npm', 'test'], expect: '' } }
  const tasks = { a: sound, b: sound, c: sound }
  const wide = agentPlan('a, b, c', { tasks, verification: [{ argv: ['npm', 'test'] }] })
  const back = { type: 'plan_judged' as const, accepted: false, problems: ['a is too wide'] }
  const design = { type: 'money_reserved' as const, stage: 'design#2', role: 'plan' as const, usd: 1 }
  const noCritic = [1, 2, 3].map((at) => ({
    type: 'stage_failed' as const,
    stage: `critique#${at}`,
    why: 'the model is overloaded',
  }))

  it('is nothing where it found nothing', async () =>
    expect((await proposalOf(followed(explored(), drafted(wide), accepted))).notes).toBe(''))
  it('stands beside what is said of a plan without running anything', async () => {
    const { notes } = await proposalOf(followed(explored(), drafted(agentPlan('a', { tasks: { a: sound } })), accepted))
    expect(notes).toBe('The verification, `true`, succeeds whatever was done: it proves nothing')
  })
  it('is what it sent the plan back for, and that nobody has looked since', async () =>
    expect((await proposalOf(followed(explored(), drafted(wide), back, design, drafted(wide)))).notes).toBe(
      'sent back once, written again, and not judged again, for this: a is too wide',
    ))
  it('is that nobody could be had for it', async () =>
    expect((await proposalOf(followed(explored(), drafted(wide), ...noCritic))).notes).toBe(
      'the plan had no critique: the model is overloaded',
    ))
  it('leaves it to lint to send a plan back where nobody could be had', async () => {
    const { state, events } = await concluded(followed(explored(), drafted(wide, ['no test']), ...noCritic))
    expect(events).toMatchObject([{ type: 'plan_judged', accepted: false, problems: ['no test'] }])
    expect(state.planning?.verdict).toEqual({
      of: 'none',
      accepted: false,
      problems: ['no test'],
      why: 'the model is overloaded',
    })
  })
})
