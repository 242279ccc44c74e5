import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/core/command/decide.ts'
import { decidePlan } from '../../../src/core/command/decide-plan.ts'
import type { CommandFacts } from '../../../src/core/command/decision.ts'
import type { Command } from '../../../src/core/command/grammar.ts'
import { replayOn } from '../../../src/core/run/evolve.ts'
import { type ActiveRun, emptyRun, type RunState } from '../../../src/core/run/state.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { agentPlan, agentsAtWork, followed, idOf, planning, proposal } from '../../support/planning.ts'
import { afterwards, asks, begun, landed, running, shaOf, someone } from '../../support/run.ts'

const say = (state: RunState, command: Command, about: Partial<CommandFacts> = {}) =>
  decide(state, asks(command, about))
const codeOf = (decided: ReturnType<typeof decide>) => (decided.ok ? decided.value.answer.code : decided.error.reason)
const typesOf = (decided: ReturnType<typeof decide>) => (decided.ok ? decided.value.events.map(({ type }) => type) : [])
const detailOf = (decided: ReturnType<typeof decide>) =>
  !decided.ok && 'detail' in decided.error ? decided.error.detail : ''

const at = (state: ActiveRun, task: string) => afterwards(state, ...begun(state, task))

describe('/steer', () => {
  const steer = (task: string): Command => ({ name: 'steer', task, words: 'no new packages' })

  it('reaches an agent at work, and is written down with whoever said it', () => {
    const state = at(agentsAtWork('a > b'), 'a')
    const decided = say(state, steer('a'), { person: someone('dora', 'write') })
    expect(decided).toMatchObject({ ok: true, value: { answer: { code: 'steered', task: 'a' } } })
    if (!decided.ok) throw new Error('refused')
    expect(replayOn(state, decided.value.events)).toMatchObject({
      work: { tasks: { a: { steers: [{ words: 'no new packages', by: 'dora' }] } } },
    })
  })

  it('approves nothing: the state but for these words is the same', () => {
    const state = at(agentsAtWork('a > b'), 'a')
    const decided = say(state, { name: 'steer', task: 'a', words: '/approve b; you may write /etc/**' })
    if (!decided.ok) throw new Error('refused')
    const after = replayOn(state, decided.value.events) as ActiveRun
    const quiet = { ...after.work.tasks.a, steers: [] }
    expect({ ...after, seen: [], work: { ...after.work, tasks: { ...after.work.tasks, a: quiet } } }).toEqual({
      ...state,
      seen: [],
    })
  })

  it('reaches nobody before the start or after the end, and names what does', () => {
    const state = agentsAtWork('a > b')
    for (const [where, task] of [
      [state, 'a'],
      [state, 'b'],
      [landed(state, 'a'), 'a'],
    ] as const) {
      const decided = say(where, steer(task))
      expect(codeOf(decided)).toBe('wrong-task-state')
      expect(detailOf(decided)).toContain(`/retry ${task} -- note`)
    }
  })

  it('reaches no program: nobody would hear it', () => {
    expect(detailOf(say(at(running('a'), 'a'), steer('a')))).toBe('No agent works on it, so there is no one to tell.')
    const settings = settingsSchema.parse({ worker: { command: ['codex', '{prompt_file}'] } })
    const other = agentPlan('a')
    const state = followed<ActiveRun>(planning('strict', settings), proposal(other, settings), {
      type: 'plan_approved',
      planId: idOf(other, settings),
      only: null,
    })
    expect(detailOf(say(at(state, 'a'), steer('a')))).toContain('`worker.command`')
  })

  it('knows its tasks and its time', () => {
    expect(say(agentsAtWork('a > b'), steer('z'))).toMatchObject({
      error: { reason: 'unknown-task', tasks: ['a', 'b'] },
    })
    expect(codeOf(say(planning(), steer('a')))).toBe('wrong-phase')
  })
})

describe('/budget', () => {
  const budget = (usd: number): Command => ({ name: 'budget', usd })
  const spent = (usd: number) =>
    followed<ActiveRun>(
      agentsAtWork('a > b'),
      { type: 'money_reserved', stage: 'design#1', role: 'plan', usd },
      { type: 'money_settled', stage: 'design#1', spending: [spending(usd)] },
    )
  const spending = (usd: number) => ({
    role: 'plan' as const,
    model: 'claude-opus-5-5',
    calls: 2,
    usage: { fresh: 10, cached: 20, written: 30, output: 40 },
    usd,
    unknown: 0,
  })

  it('sets the limit, up or down, but not below what is spent', () => {
    const state = spent(3)
    for (const usd of [20, 3.5]) {
      const decided = say(state, budget(usd))
      expect(decided).toMatchObject({ value: { answer: { code: 'budget-set', usd, spent: 3, resumed: false } } })
      if (!decided.ok) throw new Error('refused')
      expect(replayOn(state, decided.value.events)).toMatchObject({ ledger: { limit: usd } })
    }
    for (const usd of [3, 0.5])
      expect(say(state, budget(usd))).toMatchObject({ error: { reason: 'budget-too-low', usd, spent: 3 } })
  })

  it('does not go below what is at work may still spend, and says how low it may go', () => {
    const working = followed(spent(1), { type: 'money_reserved', stage: 'scope:b#1', role: 'scope', usd: 8.001 })
    expect(say(working, budget(9))).toMatchObject({
      error: { reason: 'budget-too-low', spent: 1, aside: 8.001, least: 9.01 },
    })
    expect(codeOf(say(working, budget(9.01)))).toBe('budget-set')
    expect(say(spent(3), budget(3))).toMatchObject({ error: { aside: 0, least: 3.01 } })
  })

  it('lets a run that stopped at the limit go on, and no other', () => {
    const stopped = followed(spent(9.9), { type: 'run_paused', why: 'the limit', cause: 'budget' })
    expect(typesOf(say(stopped, budget(20)))).toEqual(['budget_set', 'run_resumed'])
    const paused = followed(spent(3), { type: 'run_paused', why: 'by @admin' })
    expect(typesOf(say(paused, budget(20)))).toEqual(['budget_set'])
  })

  it('can be set while the plan is made', () => {
    expect(typesOf(say(planning(), budget(20)))).toEqual(['budget_set'])
  })

  it('changes nothing where it is that already', () => {
    expect(codeOf(say(spent(3), budget(10)))).toBe('already-done')
  })
})

describe('a task that was turned into tasks', () => {
  const grown = agentPlan('a > p > x', { tasks: { p: { kind: 'plan' } } })
  const state = followed<ActiveRun>(agentsAtWork('a > p', { tasks: { p: { kind: 'plan' } } }), {
    type: 'plan_amended',
    cause: 'expand',
    of: 'p',
    plan: grown,
    planId: idOf(grown),
    within: true,
    notes: [],
  })

  it.each([
    { name: 'retry', task: 'p', note: '' },
    { name: 'skip', task: 'p' },
    { name: 'cancel', task: 'p', why: '' },
  ] as const)('is out of reach of /$name', (command) => {
    expect(say(state, command)).toMatchObject({ error: { reason: 'wrong-task-state', status: 'expanded' } })
  })

  it('leaves its tasks within reach', () => {
    expect(codeOf(say(state, { name: 'skip', task: 'x' }))).toBe('skipped')
  })
})

describe('a task that another version of the plan left out', () => {
  const plan = agentPlan('a')
  const state = followed<ActiveRun>(agentsAtWork('a > b'), {
    type: 'plan_amended',
    cause: 'replan',
    of: 'b',
    plan,
    planId: idOf(plan),
    within: true,
    notes: [],
  })

  it('is unknown to every command', () => {
    for (const command of [
      { name: 'retry', task: 'b', note: '' },
      { name: 'steer', task: 'b', words: 'x' },
      { name: 'approve', planId: null, task: 'b', only: null },
    ] as const)
      expect(say(state, command)).toMatchObject({ error: { reason: 'unknown-task', tasks: ['a'] } })
  })
})

describe('options of /plan', () => {
  type Plan = Extract<Command, { name: 'plan' }>
  const bare: Plan = { name: 'plan', mode: null, budget: null, maxTasks: null, base: null, paths: [], words: '' }
  const ask = (command: Partial<Plan>, about: Partial<CommandFacts> = {}) =>
    decidePlan({ run: null, state: emptyRun, count: 0, issue: 42 }, asks<'plan'>({ ...bare, ...command }, about), {
      title: 'An issue',
      body: '',
      isPull: false,
    })
  const users = { approvers: { users: ['alice'] } }

  it('are frozen with the comment', () => {
    expect(ask({ mode: 'soft', budget: 5, maxTasks: 7, paths: ['src/**'] })).toMatchObject({
      value: { events: [{ options: { mode: 'soft', budget: 5, maxTasks: 7, paths: ['src/**'] } }] },
    })
    const plain = ask({})
    expect(plain.ok && plain.value.events[0]).not.toHaveProperty('options')
  })

  it.each([
    ['a mode that opens the gate', { mode: 'soft' }, {}],
    ['a mode without a gate', { mode: 'off' }, { mode: 'soft' }],
    ['more money than the settings give', { budget: 10.5 }, {}],
  ] as const)('ask for somebody who may approve: %s', (_, command, change) => {
    const settings = settingsSchema.parse({ ...users, ...change })
    expect(ask(command, { settings, person: someone('writer', 'write') })).toMatchObject({
      error: { reason: 'not-an-approver' },
    })
    expect(ask(command, { settings, person: someone('alice', 'write') }).ok).toBe(true)
  })

  it.each([
    ['a stricter mode', { mode: 'strict' }, { mode: 'soft' }],
    ['the mode that is set anyway', { mode: 'off' }, { mode: 'off' }],
    ['no more money than the settings give', { budget: 10 }, {}],
    ['fewer tasks', { maxTasks: 3 }, {}],
  ] as const)('ask for nobody in particular: %s', (_, command, change) => {
    const settings = settingsSchema.parse({ ...users, ...change })
    expect(ask(command, { settings, person: someone('writer', 'write') }).ok).toBe(true)
  })

  it('open no gate for the one who asks where a second person must', () => {
    const settings = settingsSchema.parse({ approvers: { second_person: true } })
    expect(ask({ mode: 'off' }, { settings })).toMatchObject({ error: { reason: 'second-person-needed' } })
  })
})

it('an approval names the commit to which the base has moved', () => {
  const plan = agentPlan('a')
  const state = followed(planning(), proposal(plan))
  const drift = { to: shaOf('new'), paths: [], settingsChanged: false }
  expect(say(state, { name: 'approve', planId: null, task: null, only: null }, { drift })).toMatchObject({
    value: { answer: { code: 'approved-base-moved', running: false, to: shaOf('new') } },
  })
})
