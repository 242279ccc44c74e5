import { describe, expect, it } from 'vitest'
import { planIdOf, samePlanId, shortPlanId } from '../../../src/core/plan/plan-id.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import { canonical } from '../../../src/core/text/digest.ts'
import { planOf } from '../../support/plan.ts'

const approvable = { plan: planOf('a > b'), base: 'a'.repeat(40), settingsBlob: '', settings: defaultSettings }
const id = planIdOf(approvable)

describe('canonical text', () => {
  it('is the same for equal values, however their keys came', () =>
    expect(canonical({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}'))
  it('keeps the order of lists', () => expect(canonical([2, 1])).toBe('[2,1]'))
  it('leaves out what is not there', () => expect(canonical({ a: undefined })).toBe('{}'))
})

describe('the id of a plan', () => {
  it('is a sha256', () => expect(id).toMatch(/^[0-9a-f]{64}$/))
  it('is the same for the same plan, parsed again', () =>
    expect(planIdOf(JSON.parse(JSON.stringify(approvable)))).toBe(id))
  it('is of nothing else that stands beside it', () => expect(planIdOf({ ...approvable, ...{ open: true } })).toBe(id))
  it.each([
    ['a word of the plan', { plan: planOf('a > b', { summary: 'x' }) }],
    ['a task', { plan: planOf('a > b', { tasks: { b: { run: ['false'] } } }) }],
    ['the order of the tasks', { plan: { ...approvable.plan, tasks: approvable.plan.tasks.toReversed() } }],
    ['a command for agents', { plan: planOf('a > b', { tasks: { b: { commands: [['make', '--']] } } }) }],
    ['an edge', { plan: planOf('a, b') }],
    ['the base', { base: 'b'.repeat(40) }],
    ['the settings file', { settingsBlob: 'c'.repeat(40) }],
    ['what agents may run', { settings: { ...defaultSettings, agent_commands: 'listed' as const } }],
    ['a host that commands reach', { settings: { ...defaultSettings, network: { allow: ['registry.example'] } } }],
    ['a limit', { settings: { ...defaultSettings, limits: { ...defaultSettings.limits, files: 1 } } }],
  ])('is another one with another word in %s', (_, change) =>
    expect(planIdOf({ ...approvable, ...change })).not.toBe(id),
  )

  it('may be given by any beginning of twelve digits or more', () => {
    expect(shortPlanId(id)).toBe(id.slice(0, 12))
    expect(samePlanId(shortPlanId(id), id)).toBe(true)
    expect(samePlanId(id.toUpperCase(), id)).toBe(true)
  })

  it('is not given by fewer digits, others, or more than it has', () => {
    expect(samePlanId(id.slice(0, 11), id)).toBe(false)
    expect(samePlanId('', id)).toBe(false)
    expect(samePlanId('0'.repeat(12), id)).toBe(false)
    expect(samePlanId(`${id}0`, id)).toBe(false)
  })
})
