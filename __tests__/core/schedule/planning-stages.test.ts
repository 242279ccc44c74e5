import { describe, expect, it } from 'vitest'
import type { StageName } from '../../../src/core/plan/planning.ts'
import type { LiveRun } from '../../../src/core/run/state.ts'
import {
  basisOf,
  failedExpansions,
  isDraftReady,
  judgedWithoutCritic,
  leastLimit,
  orphanedStages,
  planWaitsForMoney,
  wantedStages,
  whyGivenUp,
} from '../../../src/core/schedule/planning-stages.ts'
import { agentPlan, agentsAtWork, exploration, followed, planning, proposal } from '../../support/planning.ts'
import { landed, report, shaOf } from '../../support/run.ts'

const keys = (state: LiveRun) => wantedStages(state).map(({ key }) => key)
const explored = (mode?: 'strict' | 'soft' | 'off') =>
  followed(planning(mode), { type: 'explored', explorations: [exploration()] })
const question = { id: 'q1', question: 'Which?', options: ['one', 'two'], default: 'one' }
const draft = (graph: string, problems: string[] = []) => ({
  type: 'plan_drafted' as const,
  plan: agentPlan(graph),
  notes: [],
  problems,
})

describe('the planner', () => {
  it('explores, designs, has the design criticised, and is done when the plan is proposed', () => {
    expect(keys(planning())).toEqual(['explore#1'])
    expect(keys(explored())).toEqual(['design#1'])
    const drafted = followed(explored(), draft('a, b, c'))
    expect(keys(drafted)).toEqual(['critique#1'])
    const judged = followed(drafted, { type: 'plan_judged', accepted: true, problems: [] })
    expect([keys(judged), judged.planning && isDraftReady(judged.planning)]).toEqual([[], true])
    expect(keys(followed(judged, proposal(agentPlan('a, b, c'))))).toEqual([])
  })
  it('sends a plan back once, and no more', () => {
    const back = followed(explored(), draft('a, b, c'), {
      type: 'plan_judged',
      accepted: false,
      problems: ['too coarse'],
    })
    expect(keys(back)).toEqual(['design#1'])
    const again = followed(back, { type: 'money_reserved', stage: 'design#1', role: 'plan', usd: 1 })
    expect(again.planning?.rejected?.plan.tasks.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    const second = followed(again, { type: 'money_settled', stage: 'design#1', spending: [] }, draft('a, b'))
    expect([keys(second), second.planning && isDraftReady(second.planning)]).toEqual([[], true])
  })
  it('has no critic for up to two small tasks with nothing wrong', () => {
    const small = { tasks: { a: { size: 'small' as const }, b: { size: 'small' as const } } }
    const two = followed(explored(), { ...draft('a, b'), plan: agentPlan('a, b', small) })
    expect([keys(two), two.planning && isDraftReady(two.planning)]).toEqual([[], true])
    const wrong = followed(explored(), { ...draft('a, b', ['a cycle']), plan: agentPlan('a, b', small) })
    expect(keys(wrong)).toEqual(['critique#1'])
  })
  it('waits for a person while a question is open, and goes on with the answers', () => {
    const asked = followed(explored(), { type: 'questions_asked', questions: [question] })
    expect(keys(asked)).toEqual([])
    const answer = { question: 'q1', chosen: 'b', words: 'two', by: 'writer' }
    expect(keys(followed(asked, { type: 'questions_answered', answers: [answer] }))).toEqual(['design#1'])
  })
  it('begins again when somebody wants the plan changed', () => {
    const proposed = followed(explored(), draft('a'), proposal(agentPlan('a')))
    const revised = followed(proposed, { type: 'revision_requested', words: 'smaller' })
    expect(keys(revised)).toEqual(['design#1'])
  })
  it('tries a stage three times under new keys, then gives it up', () => {
    let state = planning()
    for (const n of [1, 2, 3]) {
      expect(keys(state)).toEqual([`explore#${n}`])
      state = followed(
        state,
        { type: 'money_reserved', stage: `explore#${n}`, role: 'explore', usd: 1 },
        { type: 'money_settled', stage: `explore#${n}`, spending: [] },
        { type: 'stage_failed', stage: `explore#${n}`, why: 'overloaded' },
      )
    }
    expect(keys(state)).toEqual([])
  })
  it('counts only tries since the stage came to something, or somebody wanted another plan, and no dead process among them', () => {
    const fails = (stage: string, lost?: true) => ({ type: 'stage_failed' as const, stage, why: 'overloaded', lost })
    const twice = followed(explored(), fails('design#1'), fails('design#2'))
    const revised = followed(
      twice,
      draft('a'),
      proposal(agentPlan('a')),
      { type: 'revision_requested', words: 'smaller' },
      fails('design#3'),
      fails('design#4'),
      fails('design#5', true),
    )
    expect([keys(revised), whyGivenUp(revised, 'design')]).toEqual([['design#1'], null])
    expect(whyGivenUp(followed(revised, fails('design#6')), 'design')).toBe('overloaded')
  })
  it('goes on with the stage that money is set aside for', () => {
    const reserved = followed(planning(), { type: 'money_reserved', stage: 'explore#1', role: 'explore', usd: 1 })
    expect(keys(reserved)).toEqual(['explore#1'])
  })
})

describe('beside the run', () => {
  const planTask = { tasks: { p: { kind: 'plan' as const, writes: [], acceptance: { argv: [], expect: '' } } } }
  it('scopes a plan task while its needs are at work, and expands it when they have landed', () => {
    const state = agentsAtWork('a > p > z', planTask)
    expect(keys(state)).toEqual([])
    const running = followed(
      state,
      { type: 'task_queued', task: 'a', attempt: 1, base: shaOf('a') },
      { type: 'task_started', task: 'a', attempt: 1, slot: 'r1.1' },
    )
    expect(keys(running)).toEqual(['scope:p#1'])
    const scoped = followed(running, { type: 'task_scoped', task: 'p', exploration: exploration() })
    expect(keys(scoped)).toEqual([])
    const done = landed(followed(state, { type: 'task_scoped', task: 'p', exploration: exploration() }), 'a')
    expect(keys(done)).toEqual(['expand:p#1'])
  })
  it('plans a part again only where the ladder of its task has come to that', () => {
    const failure = { reason: 'no-change' } as const
    const failed = (replan: boolean) =>
      followed(
        agentsAtWork('a > b, c'),
        { type: 'task_queued', task: 'a', attempt: 1, base: shaOf('a') },
        { type: 'task_failed', task: 'a', attempt: 1, head: null, failure, final: true, replan },
      )
    expect(keys(failed(true))).toEqual(['replan:a#1'])
    expect(keys(failed(false))).toEqual([])
  })
  it('begins nothing in a pause, and ends what it has begun', () => {
    const state = landed(agentsAtWork('a > p', planTask), 'a')
    expect(keys(state)).toEqual(['scope:p#1'])
    expect(keys(followed(state, { type: 'run_paused', why: '' }))).toEqual([])
    const begun = followed(state, { type: 'money_reserved', stage: 'scope:p#1', role: 'scope', usd: 1 })
    expect(keys(followed(begun, { type: 'run_paused', why: '' }))).toEqual(['scope:p#1'])
  })
  it('describes the change when its checks have passed', () => {
    const through = followed(
      landed(agentsAtWork('a'), 'a'),
      { type: 'trunk_moved', task: 'a', sha: shaOf('tip') },
      { type: 'verification_queued', on: shaOf('tip'), attempt: 1 },
    )
    expect(keys(through)).toEqual([])
    const passed = followed(through, { type: 'verification_passed', on: shaOf('tip'), attempt: 1, report })
    expect(keys(passed)).toEqual(['synthesis#1'])
    const described = followed(passed, { type: 'change_described', title: 'T', body: 'B', contradictions: [] })
    expect(keys(described)).toEqual([])
  })
})

describe('a stage that ran short of money', () => {
  const short = (usd: number, ...before: Parameters<typeof followed>[1][]) =>
    followed(
      explored(),
      ...before,
      { type: 'money_reserved', stage: 'design#1', role: 'plan', usd },
      { type: 'money_settled', stage: 'design#1', spending: [] },
      { type: 'stage_failed', stage: 'design#1', why: 'too little', short: usd },
    )

  it('is no try: the planner waits for money, however often', () => {
    const limited = short(3)
    expect([planWaitsForMoney(limited), whyGivenUp(limited, 'design')]).toEqual([true, null])
    const again = ['design#2', 'design#3', 'design#4'].reduce<LiveRun>(
      (state, stage) => followed(state, { type: 'stage_failed', stage, why: 'too little', short: 3 }),
      limited,
    )
    expect([planWaitsForMoney(again), whyGivenUp(again, 'design'), keys(again)]).toEqual([true, null, ['design#2']])
  })
  it('goes on with a limit that gives it more, and the least such limit can be named', () => {
    const limited = short(3)
    expect(leastLimit(limited)).toBeCloseTo(12.5)
    expect(planWaitsForMoney(followed(limited, { type: 'budget_set', usd: 12 }))).toBe(true)
    expect(planWaitsForMoney(followed(limited, { type: 'budget_set', usd: 13 }))).toBe(false)
  })
  it('does not wait for a person while something else holds money that may come back', () => {
    const held = short(0.4, { type: 'money_reserved', stage: 'x', role: 'plan', usd: 9.1 })
    expect(planWaitsForMoney(held)).toBe(false)
    const back = followed(held, { type: 'money_settled', stage: 'x', spending: [] })
    expect([planWaitsForMoney(back), leastLimit(back)]).toEqual([false, 0])
  })
  it('is gone without where the run can do without it: a critic whose share is too small stops nobody', () => {
    const drafted = followed(explored(), draft('a, b, c'), {
      type: 'stage_failed',
      stage: 'critique#1',
      why: 'too little',
      short: 1,
    })
    expect([whyGivenUp(drafted, 'critique'), keys(drafted), planWaitsForMoney(drafted)]).toEqual([
      'too little',
      [],
      false,
    ])
  })
})

describe('stages that are given up', () => {
  const failing = (stage: string, tries: number) =>
    Array.from({ length: tries }, (_, index) => ({
      type: 'stage_failed' as const,
      stage: `${stage}#${index + 1}`,
      why: 'no answer',
    }))
  it('leave the word to lint, if it is the critique', () => {
    const drafted = followed(explored(), draft('a, b, c', ['too coarse']))
    expect(judgedWithoutCritic(followed(drafted, ...failing('critique', 2)))).toBeNull()
    expect(judgedWithoutCritic(followed(drafted, ...failing('critique', 3)))).toEqual({
      type: 'plan_judged',
      accepted: false,
      problems: ['too coarse'],
      unjudged: 'no answer',
    })
  })
  it('fail the plan task that they would have expanded', () => {
    const state = agentsAtWork('a', { tasks: { a: { kind: 'plan' } } })
    const givenUp = followed<typeof state>(state, ...failing('expand:a', 3))
    expect(failedExpansions(state)).toEqual([])
    expect(failedExpansions(givenUp)).toMatchObject([
      { type: 'task_failed', task: 'a', attempt: 1, failure: { reason: 'model-failed' }, final: true },
    ])
  })
  it('are those that had money when their process died, but no attempt', () => {
    const reserved = followed(
      planning(),
      { type: 'money_reserved', stage: 'explore#1', role: 'explore', usd: 1 },
      { type: 'money_reserved', stage: 'a/1', role: 'work', usd: 1 },
    )
    expect(orphanedStages(reserved)).toMatchObject([{ type: 'stage_failed', stage: 'explore#1', lost: true }])
  })
})

it.each<[StageName, boolean]>([
  ['explore', false],
  ['design', true],
  ['critique', true],
])('a wish for another plan overtakes what is at work on this one: %s, %s', (name, isOvertaken) => {
  const before = planning()
  const after = followed(before, { type: 'revision_requested', words: 'smaller' })
  const stage = { name, task: null }
  expect(basisOf(after, stage) !== basisOf(before, stage)).toBe(isOvertaken)
})
