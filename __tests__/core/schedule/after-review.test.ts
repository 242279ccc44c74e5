import { describe, expect, it } from 'vitest'
import { stageAllowance } from '../../../src/core/money/allowance.ts'
import type { NewEvent, RunEvent } from '../../../src/core/run/event.ts'
import { recordOf, statusOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { type ReviewAnswer, reviewEvents, reviewsLeftOut } from '../../../src/core/schedule/after-review.ts'
import { adaptationsOf, briefOf } from '../../../src/core/schedule/brief.ts'
import { basisOf, stagesInWant, wantedStages } from '../../../src/core/schedule/planning-stages.ts'
import { isIdle } from '../../../src/core/schedule/run-end.ts'
import type { Settings } from '../../../src/core/settings.ts'
import { agentsAtWork, followed } from '../../support/planning.ts'
import { AT, begun, failed, landed, verifiedBy } from '../../support/run.ts'

/** `a` is verified, and waits for its review. */
function inReview(graph = 'a > b > c, d', settings: Partial<Settings> = {}): ActiveRun {
  const state = agentsAtWork(graph)
  const set = { ...state, work: { ...state.work, settings: { ...state.work.settings, ...settings } } }
  return followed<ActiveRun>(set, ...verified(set))
}
const verified = (state: ActiveRun): RunEvent[] =>
  verifiedBy(state, 'a').map((event) => (event.type === 'task_verified' ? { ...event, review: ['promise'] } : event))

const said = (more: Partial<ReviewAnswer> = {}): ReviewAnswer => ({
  attempt: 1,
  model: 'strong',
  sendsBack: false,
  findings: [],
  briefs: [],
  ...more,
})
const grown = (state: ActiveRun, events: readonly NewEvent[]) => followed<ActiveRun>(state, ...events)
const types = (events: readonly NewEvent[]) => events.map(({ type }) => type)
const sentBack = { sendsBack: true, findings: ['A case is left out.'] }
const lastOf = (state: ActiveRun) => recordOf(state.work, 'a').attempts.at(-1)

describe('work that waits for its review', () => {
  it('is a stage of its own, and the run is not idle, while what needs it waits', () => {
    const state = inReview()
    expect(wantedStages(state)).toEqual([{ name: 'review', task: 'a', key: 'review:a#1' }])
    expect(isIdle(state)).toBe(false)
    expect(statusOf(state.work, 'b')).toBe('pending')
    expect(wantedStages({ ...state, work: { ...state.work, open: true } })).toMatchObject([{ name: 'review' }])
  })

  it('lands when it is accepted, and shows what was said', () => {
    const state = inReview()
    const events = reviewEvents(state, 'a', said({ findings: [' A remark. ', ''] }))
    expect(types(events)).toEqual(['task_reviewed', 'task_landed'])
    const done = grown(state, events)
    expect(recordOf(done.work, 'a')).toMatchObject({
      state: { status: 'landed' },
      review: { verdict: 'accepted', findings: ['A remark.'], model: 'strong', reasons: ['promise'], attempt: 1 },
    })
    expect(wantedStages(done)).toEqual([])
  })

  it('waits for a person after its review if the settings or a closed pull request ask for one', () => {
    const asked = inReview('a > b', { merge: 'review' })
    expect(types(reviewEvents(asked, 'a', said()))).toEqual(['task_reviewed'])
    const closed = followed<ActiveRun>(inReview(), { type: 'worker_pull_closed', task: 'a' })
    const accepted = grown(closed, reviewEvents(closed, 'a', said()))
    expect([statusOf(accepted.work, 'a'), wantedStages(accepted)]).toEqual(['verified', []])
  })

  it('is no longer reviewed if a person has landed it, retried it, or it runs again', () => {
    const approved = followed<ActiveRun>(inReview(), { type: 'task_landed', task: 'a', attempt: 1 })
    expect([wantedStages(approved), reviewEvents(approved, 'a', said(sentBack))]).toEqual([[], []])
    const retried = followed<ActiveRun>(inReview(), { type: 'task_retried', task: 'a', note: 'no', onto: [] })
    const again = followed<ActiveRun>(retried, ...verified(retried))
    expect(reviewEvents(again, 'a', said(sentBack))).toEqual([])
    const stage = { name: 'review', task: 'a' } as const
    expect(basisOf(again, stage)).not.toBe(basisOf(inReview(), stage))
  })
})

describe('work that is sent back', () => {
  const back = (state = inReview()) => grown(state, reviewEvents(state, 'a', said(sentBack)))

  it('runs again, and the next worker is told the findings and the work before', () => {
    const state = back()
    expect(statusOf(state.work, 'a')).toBe('pending')
    expect(lastOf(state)).toMatchObject({
      outcome: 'failed',
      head: expect.any(String),
      failure: { reason: 'sent-back', log: '- A case is left out.' },
    })
    const { earlier } = briefOf(followed<ActiveRun>(state, ...begun(state, 'a')), 'a')
    expect(earlier).toMatchObject([{ attempt: 1, failure: { reason: 'sent-back' } }])
    // It is no step on the ladder: the same model has as many tries left as before.
    expect(recordOf(state.work, 'a').failures).toBe(0)
  })

  it('is not sent back a second time before a person has looked: what is found is a remark', () => {
    const first = back()
    const second = followed<ActiveRun>(first, ...verified(first))
    const answer = said({ ...sentBack, attempt: 2 })
    expect(types(reviewEvents(second, 'a', answer))).toEqual(['task_reviewed', 'task_landed'])
    const retried = followed<ActiveRun>(second, { type: 'task_retried', task: 'a', note: 'again', onto: [] })
    const third = followed<ActiveRun>(retried, ...verified(retried))
    expect(reviewEvents(third, 'a', said({ ...sentBack, attempt: 3 }))).toMatchObject([{ verdict: 'sent-back' }])
  })

  it('is accepted if there is no finding, or no money for another attempt', () => {
    expect(reviewEvents(inReview(), 'a', said({ sendsBack: true, findings: ['  '] }))).toMatchObject([
      { verdict: 'accepted', findings: [] },
      { type: 'task_landed' },
    ])
    const poor = followed<ActiveRun>(inReview(), { type: 'budget_set', usd: 0.01 })
    expect(reviewEvents(poor, 'a', said(sentBack))).toMatchObject([
      { verdict: 'accepted', findings: sentBack.findings },
      { type: 'task_landed' },
    ])
    // Another program pays for itself.
    const worker = { command: ['agent'], env: [], network: false }
    const other = followed<ActiveRun>(inReview('a > b', { worker }), { type: 'budget_set', usd: 0.01 })
    expect(reviewEvents(other, 'a', said(sentBack))).toMatchObject([{ verdict: 'sent-back' }])
  })
})

describe('the briefs of later tasks', () => {
  const told = (state: ActiveRun, ...briefs: ReviewAnswer['briefs']) => reviewEvents(state, 'a', said({ briefs }))

  it('are changed where the task needs this one, works by an agent, and has not started', () => {
    const state = inReview('a > b > c, d, a > gate')
    const words = (task: string) => ({ task, words: `for ${task}` })
    const events = told(state, ...['a', 'b', 'c', 'd', 'none'].map(words))
    expect(events.filter(({ type }) => type === 'task_adapted')).toMatchObject([
      { task: 'b', of: 'a', ofAttempt: 1, words: 'for b' },
      { task: 'c', of: 'a', ofAttempt: 1, words: 'for c' },
    ])
    const { work } = grown(state, events)
    expect(briefOf({ ...state, work }, 'b').adapted).toMatchObject([{ of: 'a', words: 'for b' }])
    expect(briefOf({ ...state, work }, 'd').adapted).toEqual([])
  })

  it('are bounded, in number and in length, and one change of a task replaces the one before', () => {
    const wide = inReview(`a > ${Array.from({ length: 12 }, (_, n) => `b${n}`).join(', a > ')}`)
    const many = wide.work.plan.tasks.map(({ id }) => ({ task: id, words: 'x'.repeat(9000) }))
    const adapted = told(wide, ...many).filter((event) => event.type === 'task_adapted')
    expect(adapted.map(({ words }) => words.length)).toEqual(Array.from({ length: 8 }, () => 1500))
    const twice = told(inReview(), { task: 'b', words: 'one' }, { task: 'b', words: 'two' }, { task: 'c', words: ' ' })
    expect(twice.filter(({ type }) => type === 'task_adapted')).toMatchObject([{ task: 'b', words: 'two' }])
  })

  it('are those of the plan again if the task behind the change is done again', () => {
    const state = inReview()
    const done = grown(state, told(state, { task: 'b', words: 'It is load now.' }))
    expect(adaptationsOf(done.work, 'b')).toHaveLength(1)
    const retried = followed<ActiveRun>(done, { type: 'task_retried', task: 'a', note: '', onto: [] })
    expect(adaptationsOf(retried.work, 'b')).toEqual([])
    expect(adaptationsOf(landed(retried, 'a').work, 'b')).toEqual([])
  })
})

describe('a review that cannot be had', () => {
  const whys = (state: ActiveRun, hasModel = true) =>
    reviewsLeftOut(state, hasModel).flatMap((event) => (event.type === 'task_reviewed' ? [event.why] : [event.type]))
  const fails = { type: 'stage_failed', stage: 'review:a#1', why: 'the model did not answer' } as const

  it('is waited for while it can be had', () => {
    expect(whys(inReview())).toEqual([])
    const reserved = { type: 'money_reserved', stage: 'review:a#1', role: 'review', usd: 0.5 } as const
    expect(whys(followed<ActiveRun>(inReview(), reserved, { type: 'budget_set', usd: 0.01 }))).toEqual([])
    // A process that died is no fault of the review: it is asked for again.
    const lost = followed<ActiveRun>(inReview(), reserved, { ...fails, lost: true })
    expect(whys(lost)).toEqual([])
    expect(wantedStages(lost)).toEqual([{ name: 'review', task: 'a', key: 'review:a#2' }])
  })

  it('lets the task land without, and says why: no key, no price, no money, no answer', () => {
    expect(whys(inReview(), false)).toEqual(['the workflow has no key for a model', 'task_landed'])
    expect(whys(inReview('a', { review_model: 'my-own' }))).toEqual(['my-own has no price', 'task_landed'])
    const poor = followed<ActiveRun>(inReview(), { type: 'budget_set', usd: 0.001 })
    expect(whys(poor)).toEqual(['no money was left for it', 'task_landed'])
    const failedOnce = followed<ActiveRun>(inReview(), fails)
    expect(whys(failedOnce)).toEqual(['the model did not answer', 'task_landed'])
    expect(wantedStages(failedOnce)).toEqual([])
  })

  it('lets it wait for a person where one is asked', () => {
    expect(whys(inReview('a', { merge: 'review' }), false)).toEqual(['the workflow has no key for a model'])
  })

  it('does not keep the next attempt from a review of its own', () => {
    const left = followed<ActiveRun>(inReview(), fails, {
      type: 'task_reviewed',
      task: 'a',
      attempt: 1,
      verdict: 'left-out',
      findings: [],
      why: 'the model did not answer',
    })
    const again = followed<ActiveRun>(left, { type: 'task_retried', task: 'a', note: '', onto: [] })
    expect(wantedStages(followed<ActiveRun>(again, ...verified(again)))).toMatchObject([{ name: 'review', task: 'a' }])
  })

  it('never stops a run for want of money, and costs a twentieth of its limit at most', () => {
    const poor = followed<ActiveRun>(inReview(), { type: 'budget_set', usd: 0.001 })
    expect(stagesInWant(poor)).toEqual([])
    expect(stageAllowance(inReview(), { name: 'review', task: 'a' })).toBe(0.5)
  })
})

it('a task that failed before its review still climbs its ladder after it was sent back', () => {
  const state = failed(agentsAtWork('a'), 'a', false)
  const second = followed<ActiveRun>(state, ...verified(state))
  const back = grown(second, reviewEvents(second, 'a', said({ ...sentBack, attempt: 2 })))
  expect(recordOf(back.work, 'a')).toMatchObject({ failures: 1, sentBack: true })
  expect(lastOf(back)?.endedAt).toBe(AT)
})
