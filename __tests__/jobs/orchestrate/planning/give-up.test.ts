import { describe, expect, it } from 'vitest'
import { planIdOf } from '../../../../src/core/plan/plan-id.ts'
import { wantedStages } from '../../../../src/core/schedule/planning-stages.ts'
import { defaultSettings } from '../../../../src/core/settings.ts'
import { agentPlan, exploration } from '../../../support/planning.ts'
import { fails } from '../../../support/said-model.ts'
import { saidRun } from './said-run.ts'

describe('a task that nobody could turn into tasks', () => {
  it('fails and says why, and is tried again when a person asks for that', async () => {
    const open = { kind: 'plan' as const, writes: [], acceptance: { argv: [], expect: '' } }
    const plan = agentPlan('a', { tasks: { a: open } })
    const world = await saidRun({}, ({ base, trunk }) => {
      const frozen = { base, baseBranch: 'main', settings: defaultSettings, settingsBlob: '' }
      const planId = planIdOf({ plan, ...frozen })
      return [
        { type: 'plan_proposed', plan, planId, ...frozen, trunk: trunk(), notes: [] },
        { type: 'plan_approved', planId, only: null },
        { type: 'task_scoped', task: 'a', exploration: exploration() },
      ]
    })
    const left = await world.run([fails('overloaded'), fails('overloaded'), fails('overloaded')])
    const failure = { reason: 'model-failed', detail: expect.stringContaining('overloaded') }
    expect(left).toMatchObject({ orchestrator: null, work: { tasks: { a: { state: { status: 'failed', failure } } } } })
    expect(world.body('status')).toContain('`/retry a -- note`')
    expect(await world.say({ name: 'retry', task: 'a', note: '' })).toMatchObject({ ok: true })
    expect(wantedStages(await world.state())).toMatchObject([{ name: 'expand', task: 'a' }])
  })
})
