import { describe, expect, it } from 'vitest'
import { addSpreads, type Measurements, measuredLike, spreadOf } from '../../../src/core/money/measurements.ts'
import { defaultSettings, settingsSchema } from '../../../src/core/settings.ts'
import { gate, taskNamed } from '../../support/plan.ts'
import { agentTask } from '../../support/planning.ts'

describe('a spread', () => {
  it('is the median between the quartiles, in any order of the numbers', () =>
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ low: 2, likely: 3, high: 4 }))
  it('lies between two neighbours where no number stands there', () =>
    expect(spreadOf([4, 1, 3, 2])).toEqual({ low: 1.75, likely: 2.5, high: 3.25 }))
  it('is added to another number by number', () =>
    expect(addSpreads({ low: 1, likely: 2, high: 3 }, { low: 10, likely: 20, high: 30 })).toEqual({
      low: 11,
      likely: 22,
      high: 33,
    }))
  it('is not made of three numbers', () => expect(spreadOf([1, 2, 3])).toBeNull())
})

describe('what was measured', () => {
  const one = { low: 1, likely: 2, high: 3 }
  const kind = {
    size: 'medium',
    worker: 'agent',
    model: 'claude-sonnet-5-5',
    tasks: 4,
    minutes: one,
    usd: one,
  } as const
  const measured: Measurements = { runs: 1, tasks: 4, kinds: [kind], plannerUsd: null }
  const like = (task: Parameters<typeof measuredLike>[1], settings = defaultSettings) =>
    measuredLike(measured, task, settings)

  it('holds for a task of the same size on the same model', () => {
    expect(like(agentTask('a', { size: 'medium' }))).toBe(kind)
    expect(like(agentTask('a', { size: 'large' }))).toBeNull()
    expect(like(agentTask('a', { size: 'medium', model_tier: 'strong' }))).toBeNull()
  })
  it('does not hold for a program, another agent, a gate, or a part that is not planned yet', () => {
    expect(like(taskNamed('a', { size: 'medium', run: ['make'] }))).toBeNull()
    expect(like(taskNamed('a', { ...gate, size: 'medium' }))).toBeNull()
    expect(like(agentTask('a', { size: 'medium', kind: 'plan' }))).toBeNull()
    const other = settingsSchema.parse({ worker: { command: ['other'] } })
    expect(like(agentTask('a', { size: 'medium' }), other)).toBeNull()
  })
  it('holds for programs of a size whatever their model would be, and for no gate and no part beside them', () => {
    const program = { ...kind, worker: 'program', model: '' } as const
    const beside = { ...measured, kinds: [kind, program] }
    const found = (task: Parameters<typeof measuredLike>[1]) => measuredLike(beside, task, defaultSettings)
    expect(found(taskNamed('a', { size: 'medium', run: ['make'], model_tier: 'strong' }))).toBe(program)
    expect(found(taskNamed('a', { ...gate, size: 'medium' }))).toBeNull()
    expect(found(agentTask('a', { size: 'medium', kind: 'plan' }))).toBeNull()
  })
  it('is nothing in a repository without finished tasks', () =>
    expect(measuredLike(null, agentTask('a'), defaultSettings)).toBeNull())
})
