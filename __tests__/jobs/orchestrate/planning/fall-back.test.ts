import { describe, expect, it } from 'vitest'
import { written, writtenPlan } from '../../../agent/planner/planner-fixtures.ts'
import { agentPlan } from '../../../support/planning.ts'
import { fails, says } from '../../../support/said-model.ts'
import { saidRun } from './said-run.ts'

const plan = says(writtenPlan([written('a', { size: 'small' })]))
const nobody = [fails('overloaded'), fails('overloaded'), fails('overloaded')]

describe('a design that fails', () => {
  it('leaves the draft that the critique sent back, where lint has nothing against it', async () => {
    const world = await saidRun({}, () => [
      { type: 'plan_drafted', plan: agentPlan('a, b, c'), notes: [], problems: [] },
      { type: 'plan_judged', accepted: false, problems: ['too coarse'] },
    ])
    const left = await world.run(nobody)
    expect(left).toMatchObject({ phase: 'proposed' })
    const notes = JSON.stringify(left?.phase === 'proposed' && left.work.notes)
    for (const words of ['too coarse', 'writing the plan once more after the critique failed', 'overloaded'])
      expect(notes).toContain(words)
  })

  it('leaves the version that was there before somebody wanted another, and earlier failures do not count', async () => {
    const world = await saidRun({})
    const first = await world.run([fails('rejected'), fails('rejected'), plan])
    expect(await world.say({ name: 'revise', words: 'smaller' })).toMatchObject({ ok: true })
    const left = await world.run(nobody)
    expect(left).toMatchObject({ phase: 'proposed', planning: { settled: true } })
    if (first?.phase !== 'proposed' || left?.phase !== 'proposed') return expect.fail()
    expect(left.work.planId).toBe(first.work.planId)
    expect(JSON.stringify(left.work.notes)).toContain('another version was asked for, and writing it failed')
  })

  it('leaves nothing where there was nothing', async () => {
    const world = await saidRun({})
    expect(await world.run(nobody)).toMatchObject({ phase: 'ended', conclusion: 'refused' })
  })
})
