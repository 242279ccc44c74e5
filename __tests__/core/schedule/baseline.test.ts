import { describe, expect, it } from 'vitest'
import { baselineCommands } from '../../../src/core/plan/checks.ts'
import type { Plan } from '../../../src/core/plan/plan.ts'
import type { BaselineCheck } from '../../../src/core/run/baseline.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replay, replayOn } from '../../../src/core/run/evolve.ts'
import type { ActiveRun, LiveRun, ProposedRun } from '../../../src/core/run/state.ts'
import { baselineTime, looksFirst } from '../../../src/core/schedule/baseline.ts'
import { assign } from '../../../src/core/schedule/ready.ts'
import { isIdle } from '../../../src/core/schedule/run-end.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { assignmentFor } from '../../../src/core/slots/assignment.ts'
import { nextForBaseline } from '../../../src/core/slots/baseline-slot.ts'
import { awaitedSlot, baselineEvent, isAwaited } from '../../../src/core/slots/result-events.ts'
import type { SlotJobState } from '../../../src/core/slots/slot-jobs.ts'
import { resultFileSchema } from '../../../src/core/slots/slot-result.ts'
import { planOf } from '../../support/plan.ts'
import { AT, afterwards, failed, proposedBy, queued, report, shaOf } from '../../support/run.ts'

const stamp = { at: AT, by: 'tributary' }
const acceptance = (...argv: string[]) => ({ acceptance: { argv, expect: '' } })
const plan = planOf('a > b, c', {
  verification: [{ argv: ['make', 'all'] }],
  tasks: { a: acceptance('make', 'a'), b: acceptance('make', 'b'), c: acceptance('make', 'a') },
})

/** A proposed plan, asked for by a person who may approve it (or not, or nothing is known of that). */
function run({ may = true as boolean | null, settings = {}, of = plan as Plan, mode = 'strict' as const } = {}) {
  const events = proposedBy(of, settingsSchema.parse({ mode, ...settings }))
  return replay(
    events.map((event) => (event.type === 'plan_requested' && may !== null ? { ...event, mayApprove: may } : event)),
  ) as ProposedRun
}

const minutesAfter = (minutes: number) => new Date(Date.parse(AT) + minutes * 60_000)
const job = (status: SlotJobState['status'], more: Partial<SlotJobState> = {}): Map<string, SlotJobState> =>
  new Map([['r1.1', { status, job: 7, leftInOrder: false, ...more }]])
const asked: RunEvent = { type: 'slots_requested', ...stamp, request: 'r1', count: 1, workflowRun: 5 }
const started: RunEvent = { type: 'baseline_started', ...stamp, version: 1, slot: 'r1.1' }
const begun = (state = run()) => afterwards(state, asked, started)
const check = (outcome: BaselineCheck['outcome']): BaselineCheck => ({ outcome, exitCode: 0, seconds: 1, log: '' })
const taken: RunEvent = {
  type: 'baseline_taken',
  ...stamp,
  version: 1,
  checks: [check('failed'), check('failed'), check('passed')],
  sandbox: 'bubblewrap',
}
const approvalOf = (state: ProposedRun): RunEvent => ({
  type: 'plan_approved',
  at: AT,
  by: 'admin',
  planId: state.work.planId,
  only: null,
})

describe('when the checks of a plan run on its base', () => {
  it('is before the approval, if who asked for it may approve it', () => {
    expect(baselineTime(run())).toBe('before')
    expect(baselineTime(run({ may: false }))).toBe('after')
  })

  it('is never in a journal of before, with the setting off, or in a mode whose tasks start at once', () => {
    expect(baselineTime(run({ may: null }))).toBe('never')
    expect(baselineTime(run({ settings: { baseline: 'off' } }))).toBe('never')
    const soft = run({ settings: { mode: 'soft' } })
    expect(baselineTime({ ...soft, work: { ...soft.work, mode: 'soft' } })).toBe('never')
  })

  it('is after the approval without a sandbox, whoever asked', () => {
    for (const may of [true, false]) expect(baselineTime(run({ may, settings: { sandbox: 'off' } }))).toBe('after')
  })

  it('counts each person who has asked for another version', () => {
    const revised = (mayApprove: boolean | undefined) => {
      const { askedBy: by } = run()
      const planning = { revisions: [{ words: 'more', by, ...(mayApprove !== undefined && { mayApprove }) }] }
      return { ...run(), planning } as unknown as ProposedRun
    }
    expect([true, false, undefined].map((may) => baselineTime(revised(may)))).toEqual(['before', 'after', 'never'])
  })

  it('is of each different command once, and of at most thirty', () => {
    expect(baselineCommands(plan)).toEqual([
      ['make', 'a'],
      ['make', 'b'],
      ['make', 'all'],
    ])
    const ids = Array.from({ length: 60 }, (_, n) => `t${n}`)
    const wide = planOf(ids.join(', '), { tasks: Object.fromEntries(ids.map((id) => [id, acceptance('make', id)])) })
    expect(baselineCommands(wide)).toHaveLength(30)
    const whole = baselineCommands({ ...wide, verification: [{ argv: ['make', 'all'] }] })
    expect([whole.length, whole[0], whole.at(-1)]).toEqual([30, ['make', 't0'], ['make', 'all']])
  })
})

describe('a baseline before the approval', () => {
  it('asks for one slot, gives it the checks once it is there, and waits', () => {
    const first = nextForBaseline(run(), new Map(), minutesAfter(0))
    expect(first).toEqual({ type: 'slots_requested', request: 'r1', count: 1, workflowRun: null })
    const requested = afterwards(run(), asked)
    expect(nextForBaseline(requested, job('queued'), minutesAfter(1))).toBeNull()
    expect(nextForBaseline(requested, job('in_progress'), minutesAfter(1))).toEqual({
      type: 'baseline_started',
      version: 1,
      slot: 'r1.1',
    })
    expect(nextForBaseline(begun(), job('in_progress'), minutesAfter(20))).toBeNull()
    expect([run(), requested, begun()].map(isIdle)).toEqual([false, false, false])
  })

  it.each([
    ['no slot comes', afterwards(run(), asked), job('queued'), 6, 'no slot came within 5 minutes'],
    [
      'its slot fails in its set-up',
      afterwards(run(), asked),
      job('completed', { setUp: { step: 'npm ci', url: null, words: 'no such lock file' } }),
      1,
      'no slot could be started for it: no such lock file',
    ],
    [
      'no slot can be started',
      afterwards(run(), asked, {
        type: 'slots_gone',
        ...stamp,
        request: 'r1',
        failure: { step: null, url: null, words: 'Actions are off' },
      }),
      new Map(),
      1,
      'no slot could be started for it: Actions are off',
    ],
    ['its slot dies', begun(), job('completed', { error: 'lost' }), 1, 'its slot ended before it was done: lost'],
    ['its slot hangs', begun(), job('in_progress'), 26, 'its slot takes too long'],
  ])('is given up, once and for all, if %s', (_, state, jobs, minutes, why) => {
    const event = nextForBaseline(state, jobs, minutesAfter(minutes))
    expect(event).toEqual({ type: 'baseline_given_up', version: 1, why })
    const after = afterwards(state, { type: 'baseline_given_up', ...stamp, version: 1, why })
    expect(nextForBaseline(after, jobs, minutesAfter(minutes))).toBeNull()
    expect(isIdle(after)).toBe(true)
  })

  it('takes the result of its slot alone, and of that very version', () => {
    const key = { run: '42', task: 'baseline', attempt: 1 }
    expect(awaitedSlot(begun(), key)).toBe('r1.1')
    expect(isAwaited(begun(), { ...key, workflowRun: 5 })).toBe(true)
    expect(isAwaited(begun(), { ...key, workflowRun: 6 })).toBe(false)
    for (const other of [
      { ...key, attempt: 2 },
      { ...key, task: 'a' },
      { ...key, task: 'verify' },
    ])
      expect(awaitedSlot(begun(), other)).toBeNull()
    expect(awaitedSlot(afterwards(begun(), taken), key)).toBeNull()
  })

  it('is not taken from a result that says more or less than was asked', () => {
    const resultOf = (outcome: object) => ({
      verdict: 'baseline' as const,
      file: resultFileSchema.parse({
        version: 1,
        ...{ run: '42', task: 'baseline', attempt: 1, base: shaOf('base'), slot: 'r1.1', startedAt: AT, endedAt: AT },
        outcome,
      }),
    })
    const { work } = begun()
    const checks = [check('failed'), check('missing'), check('passed')]
    expect(baselineEvent(work, resultOf({ kind: 'baseline', checks, report }))).toMatchObject({
      type: 'baseline_taken',
      version: 1,
      checks,
    })
    expect(baselineEvent(work, resultOf({ kind: 'baseline', checks: checks.slice(1), report }))).toMatchObject({
      type: 'baseline_given_up',
      why: 'its result cannot be read',
    })
    const failure = { reason: 'sandbox-unavailable', detail: 'no bwrap' }
    const without = { kind: 'failed', failure, head: null, tree: null, report }
    expect(baselineEvent(work, resultOf(without))).toMatchObject({ why: 'sandbox-unavailable: no bwrap' })
  })
})

describe('a slot that was asked for before the approval', () => {
  it('gets the checks on the base and nothing else, whatever the journal says of tasks', () => {
    const forced = afterwards(begun(), ...queued(begun() as unknown as ActiveRun, 'a'), {
      type: 'task_started',
      ...stamp,
      task: 'a',
      attempt: 1,
      slot: 'r1.1',
    })
    expect(forced.work.tasks.a?.state.status).toBe('in_progress')
    expect(assignmentFor(forced, 'r1.1')).toEqual({
      kind: 'baseline',
      on: shaOf('base'),
      attempt: 1,
      commands: baselineCommands(plan),
      sandbox: 'bubblewrap',
    })
    expect(assignmentFor(forced, 'r1.2')).toEqual({ kind: 'idle' })
    expect(assignmentFor(afterwards(run(), asked), 'r1.1')).toEqual({ kind: 'idle' })
  })

  it('leaves when the baseline is taken', () =>
    expect(assignmentFor(afterwards(begun(), taken), 'r1.1')).toMatchObject({ kind: 'leave' }))

  it('takes tasks as any other when the approval comes first, and the baseline is dropped', () => {
    const state = replayOn(begun(), [approvalOf(run())]) as ActiveRun
    expect(state.work.baseline).toBeUndefined()
    expect(assignmentFor(state, 'r1.1')).toEqual({ kind: 'idle' })
    const ready = afterwards(state, ...queued(state, 'a'))
    expect(assign(ready, ['r1.1'])).toEqual([{ kind: 'task', task: 'a', attempt: 1, slot: 'r1.1' }])
    expect(awaitedSlot(ready, { run: '42', task: 'baseline', attempt: 1 })).toBeNull()
  })

  it('changes nothing once the plan is approved or the run has ended', () => {
    const approved = replayOn(run(), [approvalOf(run())]) as ActiveRun
    expect(afterwards(approved, started, taken).work.baseline).toBeUndefined()
    const ended = afterwards<LiveRun>(begun(), { type: 'plan_rejected', ...stamp, why: '' })
    expect(ended.phase === 'ended' && ended.work?.baseline).toBeUndefined()
    expect(isIdle(ended)).toBe(true)
  })

  it('does not count for another version of the plan', () => {
    const [, proposal] = proposedBy(planOf('x'))
    if (proposal === undefined) throw new Error('no proposal')
    const next = afterwards(afterwards(begun(), taken), proposal) as ProposedRun
    expect([next.work.version, next.work.baseline]).toEqual([2, undefined])
    expect(afterwards(next, taken).work.baseline).toBeUndefined()
  })
})

describe('an agent whose acceptance passes on the base', () => {
  const approved = (state: ProposedRun) => replayOn(state, [approvalOf(state)]) as ActiveRun

  it('waits for a look, if the baseline did not show that before the approval', () => {
    expect(looksFirst(approved(run({ may: false })), 'a')).toBe(true)
    for (const early of [run(), begun()]) expect(looksFirst(approved(early), 'a')).toBe(true)
    const givenUp = afterwards(begun(), { type: 'baseline_given_up', ...stamp, version: 1, why: 'its slot hangs' })
    expect(looksFirst(approved(givenUp), 'a')).toBe(true)
    for (const outcome of ['timed-out', 'not-reached'] as const) {
      const cut = afterwards(begun(), { ...taken, checks: [check('passed'), check(outcome), check('passed')] })
      expect(['a', 'b', 'c'].map((id) => looksFirst(approved(cut), id))).toEqual([false, true, false])
    }
  })

  it('begins if people could see what its acceptance does on the base, or if no baseline is wanted', () => {
    const shown = approved(
      afterwards(begun(), { ...taken, checks: [check('passed'), check('missing'), check('passed')] }),
    )
    expect(['a', 'b', 'c'].map((id) => looksFirst(shown, id))).toEqual([false, false, false])
    expect(looksFirst(approved(run({ may: null })), 'a')).toBe(false)
    expect(looksFirst(approved(run({ settings: { baseline: 'off' } })), 'a')).toBe(false)
  })

  it('waits for a look if its task came into the plan later, unless a review of people asked for it', () => {
    const grow = (cause: 'replan' | 'review', argv: string[]) => {
      const shown = approved(afterwards(begun(), taken))
      const added = planOf('first > b, a', { tasks: { first: acceptance(...argv), b: acceptance('make', 'b') } })
      const amended = { cause, of: 'a', plan: added, planId: shown.work.planId, within: true, notes: [] }
      return afterwards(shown, { type: 'plan_amended', ...stamp, ...amended })
    }
    const grown = grow('replan', ['make', 'first'])
    expect(['first', 'b'].map((id) => looksFirst(grown, id))).toEqual([true, false])
    expect(looksFirst(grow('replan', ['make', 'b']), 'first')).toBe(false)
    expect(looksFirst(grow('review', ['make', 'first']), 'first')).toBe(false)
  })

  it('begins after `/retry`', () => {
    const state = failed(approved(run({ may: false })), 'a')
    expect(looksFirst(state, 'a')).toBe(true)
    const [before] = state.work.tasks.a?.attempts ?? []
    if (before === undefined) throw new Error('no attempt')
    const looked = structuredClone(state)
    Object.assign(looked.work.tasks.a?.attempts[0] ?? {}, { failure: { reason: 'passes-already', log: '' } })
    expect(looksFirst(looked, 'a')).toBe(false)
  })
})
