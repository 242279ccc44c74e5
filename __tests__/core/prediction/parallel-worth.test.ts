import { describe, expect, it } from 'vitest'
import { lintPlan } from '../../../src/core/plan/lint.ts'
import type { Plan } from '../../../src/core/plan/plan.ts'
import { foldedIfSlow, foldedPlan, whyNotFolded, worthParallel } from '../../../src/core/prediction/parallel-worth.ts'
import { defaultSettings, settingsSchema } from '../../../src/core/settings.ts'
import { gate } from '../../support/plan.ts'
import { agentPlan } from '../../support/planning.ts'

const accepts = (...argv: string[]) => ({ argv, expect: '' })
const commands = (all: readonly { argv: string[] }[]) => all.map(({ argv }) => argv.join(' '))

describe('a folded plan', () => {
  const plan = agentPlan('a > b, c', {
    title: 'Retries',
    verification: [{ argv: ['npm', 'run', 'lint'] }],
    tasks: {
      a: { acceptance: accepts('npm', 'test', 'a'), goal: 'Do a', steps: ['one', 'two'], size: 'small' },
      b: { acceptance: accepts('npm', 'test'), goal: 'Do b', model_tier: 'strong', reads: ['docs/**'] },
      c: { acceptance: accepts('npm', 'test'), writes: ['c/**', 'a/**'], timeout_minutes: 350 },
    },
  })
  const whole = foldedPlan(plan)
  const [task] = whole.tasks

  it('is one task that does it all', () => {
    expect(whole.tasks).toHaveLength(1)
    expect(task).toMatchObject({
      id: 't1',
      title: 'Retries',
      needs: [],
      writes: ['a/**', 'b/**', 'c/**'],
      reads: ['docs/**'],
      goal: 'Task a: Do a\nTask b: Do b',
      steps: ['Task a: one', 'Task a: two'],
      model_tier: 'strong',
      size: 'large',
      kind: 'code',
      timeout_minutes: 360,
    })
    expect(lintPlan(whole, defaultSettings).problems).toEqual([])
  })
  it('keeps every check: the commonest as its own, all of them in the verification', () => {
    expect(task?.acceptance.argv).toEqual(['npm', 'test'])
    expect(commands(whole.verification)).toEqual(['npm run lint', 'npm test a', 'npm test'])
  })
  it('is folded no further', () => expect(foldedPlan(whole)).toBe(whole))
})

it.each([
  ['a gate', agentPlan('a > g > b', { tasks: { g: gate } })],
  ['a task that is planned later', agentPlan('a > b', { tasks: { b: { kind: 'plan' } } })],
  ['a program', agentPlan('a > b', { tasks: { b: { run: ['node', 'x.js'] } } })],
])('does not fold away %s', (_what, plan) => expect(foldedPlan(plan)).toBe(plan))

describe('why a plan is not folded', () => {
  const why = (plan: Plan, settings: object = {}) => whyNotFolded(plan, settingsSchema.parse(settings))
  const chain = agentPlan('a > b > c > d > e')
  const roomy = { limits: { turns: 200 }, budget: { task_usd: 10 } }

  it('is nothing where one attempt has room for it', () => {
    expect(why(agentPlan('a > b'))).toBeNull()
    expect(why(chain, roomy)).toBeNull()
  })
  it('is that one attempt has too few turns', () =>
    expect(why(chain)).toBe('one agent for all of it would need about 104 turns, and an attempt has 60'))
  it('is that one attempt has too little money', () =>
    expect(why(chain, { ...roomy, budget: { task_usd: 1.5 } })).toMatch(
      /^one agent for all of it would cost about \d\.\d\d USD, and an attempt has 1\.50 USD$/,
    ))
  it('is that it would take longer than any task may', () => {
    const large = { size: 'large', timeout_minutes: 120 } as const
    const tasks = Object.fromEntries(Array.from({ length: 19 }, (_, at) => [`t${at}`, large]))
    const plan = agentPlan(Object.keys(tasks).join(' > '), { tasks })
    const limits = { turns: 1000 }
    expect(why(plan, { limits, budget: { task_usd: 1000 } })).toBe(
      'one agent for all of it would need about 380 minutes, and an attempt has 360',
    )
  })
  it('is no number of turns or money where another program works on the tasks', () =>
    expect(why(chain, { worker: { command: ['other'] } })).toBeNull())
  it.each([
    ['a gate', agentPlan('a > g > b', { tasks: { g: gate } }), 'g'],
    ['a check', agentPlan('a > v', { tasks: { v: { kind: 'verify' } } }), 'v'],
    ['a task that is planned later', agentPlan('a > b', { tasks: { b: { kind: 'plan' } } }), 'b'],
    ['a program', agentPlan('a > b', { tasks: { b: { run: ['node', 'x.js'] } } }), 'b'],
  ])('is %s', (_what, plan, id) => expect(why(plan)).toContain(`\`${id}\``))
})

describe('parallel work', () => {
  const slots = (start: number) => settingsSchema.parse({ slots: { start } })
  it('gains nothing from a chain: start, landing and reading cost more', () => {
    const { gain, parallelMinutes, oneAgentMinutes } = worthParallel(agentPlan('a > b > c'), slots(4))
    expect({ parallelMinutes, oneAgentMinutes }).toEqual({ parallelMinutes: 29.5, oneAgentMinutes: 26.5 })
    expect(gain).toBeLessThan(1)
  })
  it('gains from tasks beside each other as long as there are slots', () => {
    expect(worthParallel(agentPlan('a, b, c, d'), slots(4)).gain).toBeGreaterThan(3)
    expect(worthParallel(agentPlan('a, b, c, d'), slots(2)).gain).toBeLessThan(2)
  })
  it('counts no minute for a gate', () =>
    expect(worthParallel(agentPlan('a > g > b', { tasks: { g: gate } }), slots(4)).parallelMinutes).toBe(20))
})

describe('a plan that gains little from several agents', () => {
  const chain = agentPlan('a > b', { tasks: { a: { size: 'small' }, b: { size: 'small' } } })
  it('is folded, and the note says why', () => {
    const folded = foldedIfSlow(chain, defaultSettings)
    expect(folded?.plan.tasks).toHaveLength(1)
    expect(folded?.why).toMatch(/^2 tasks were folded into one: in parallel they would be 0\.\d\d times as fast/)
  })
  it('stays as it is if it gains enough, has one task, or cannot be one attempt', () => {
    expect(foldedIfSlow(agentPlan('a, b, c, d'), defaultSettings)).toBeNull()
    expect(foldedIfSlow(agentPlan('a'), defaultSettings)).toBeNull()
    expect(foldedIfSlow(agentPlan('a > b', { tasks: { b: gate } }), defaultSettings)).toBeNull()
  })
})
