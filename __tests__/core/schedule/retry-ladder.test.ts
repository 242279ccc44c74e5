import { describe, expect, it } from 'vitest'
import type { TaskFailure } from '../../../src/core/failure.ts'
import { recordOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { afterFailure, isFinal, modelTierOf, nextRung } from '../../../src/core/schedule/retry-ladder.ts'
import { agentsAtWork, agentTask, followed } from '../../support/planning.ts'
import { computeSeconds } from '../../support/processor.ts'
import { running, shaOf } from '../../support/run.ts'

const failing = (log: string): TaskFailure => ({ reason: 'acceptance-failed', exitCode: 1, log })
const task = agentTask('a')
/** The record after attempts that failed so. */
function having(...failures: TaskFailure[]) {
  let state = agentsAtWork('a > b')
  for (const [index, failure] of failures.entries())
    state = followed(
      state,
      { type: 'task_queued', task: 'a', attempt: index + 1, base: shaOf('a') },
      { type: 'task_started', task: 'a', attempt: index + 1, slot: 'r1.1' },
      { type: 'task_failed', task: 'a', attempt: index + 1, head: null, failure, final: false },
    )
  return recordOf(state.work, 'a')
}

describe('an agent that fails', () => {
  it('gets a fresh attempt, then a stronger model, then the part is planned again', () => {
    expect(nextRung(task, having(), failing('one'), 0)).toBe('again')
    expect(nextRung(task, having(failing('one')), failing('two'), 0)).toBe('stronger')
    expect(nextRung(task, having(failing('one'), failing('two')), failing('three'), 0)).toBe('replan')
  })
  it('is given a stronger tier only from its third attempt on', () => {
    expect(modelTierOf(task, having(failing('one')))).toBe('default')
    expect(modelTierOf(task, having(failing('one'), failing('two')))).toBe('strong')
    expect(modelTierOf(agentTask('a', { model_tier: 'cheap' }), having(failing('one'), failing('two')))).toBe('default')
  })
  it('with the strongest model already, is planned again after its second attempt', () => {
    expect(nextRung(agentTask('a', { model_tier: 'strong' }), having(failing('one')), failing('two'), 0)).toBe('replan')
  })
  it.each([
    ['1 of 12 failed in 0.31 s', '1 of 12 failed in 0.29 s'],
    ['duration_ms 12.25, (3ms)', 'duration_ms 9.5, (14ms)'],
    [
      '2026-11-21T16:48:47.123Z 16:48:47 Nov 21, 2026 1795280927',
      '2026-12-01T06:08:07Z 06:08:07 Dec 1, 2026 1795290000',
    ],
    ['1795280927123456789 tries', '1795290000999999999 tries'],
    ['(node:4711) pid 4711 ==4711== died', '(node:99) pid 99 ==99== died'],
    ['at 0x7ffe01ab, Box@1f2e3d4c', 'at 0x7ffe9f00, Box@5a6b7c8d'],
    ['127.0.0.1:40123, localhost:40123, port 40123', '127.0.0.1:5001, localhost:5001, port 5001'],
    ['in /tmp/abc-Xy/', 'in /tmp/abc-Zq/'],
    ['/tmp/pytest-0/test_x0/a.py:3: no', '/tmp/pytest-7/test_x9/a.py:3: no'],
    ['/opt/runner/_temp/b41/out.txt', '/opt/runner/_temp/c99/out.txt'],
    ['11111111-2222-4333-8444-555555555555', 'aaaaaaaa-2222-4333-8444-bbbbbbbbbbbb'],
  ])('is handed to a person when the same failure comes twice in a row: %j, %j', (one, other) => {
    expect(nextRung(task, having(failing(one)), failing(other), 0)).toBe('person')
  })
  it.each([
    ['FAIL 3 failed | 7 passed\nexpected 4 to be 5', 'FAIL 1 failed | 9 passed\nexpected 2 to be 5'],
    ['1 of 12 failed', '1 of 13 failed'],
    ['a.ts:12:30 no', 'a.ts:14:30 no'],
    ['could process 3 of 5', 'could process 4 of 5'],
    ['/tmp/x/a.test.ts: no', '/tmp/x/b.test.ts: no'],
    ['src/tmp/a: no', 'src/tmp/b: no'],
  ])('goes on where it came further or elsewhere: %j, %j', (one, other) => {
    expect(nextRung(task, having(failing(one)), failing(other), 0)).toBe('stronger')
  })
  it('is another failure with another exit code', () => {
    const other: TaskFailure = { reason: 'acceptance-failed', exitCode: 2, log: 'no' }
    expect(nextRung(task, having(failing('no')), other, 0)).toBe('stronger')
  })
  it.each<TaskFailure>([
    { reason: 'agent-stopped', why: 'turns', detail: '60 turns were allowed' },
    { reason: 'agent-stopped', why: 'truncated', detail: 'the conversation, or an answer, was longer than it may be' },
    { reason: 'allowance-spent', usd: 2, detail: '0.0010 USD were left' },
    { reason: 'timed-out', minutes: 30, log: '' },
  ])('climbs on at the end of what it was given, every time: $reason', (limit) => {
    expect(nextRung(task, having(limit), limit, 0)).toBe('stronger')
    expect(nextRung(task, having(limit, limit), limit, 0)).toBe('replan')
    expect(nextRung(task, { ...having(limit, limit), replans: 2 }, limit, 2)).toBe('person')
  })
  it('is handed to a person when it says twice in the same words that it cannot', () => {
    const stuck: TaskFailure = { reason: 'agent-stopped', why: 'gave-up', detail: 'There is no such file.' }
    expect(nextRung(task, having(stuck), stuck, 0)).toBe('person')
  })
  it('compares long output in time in proportion to its length', () => {
    const seconds = computeSeconds(() => {
      for (const piece of ['/tmp/a', '/a', '1', '1:', 'duration ', '::', 'a-', 'Nov '])
        nextRung(task, having(failing(piece.repeat(20_000))), failing(piece.repeat(20_000)), 0)
    })
    expect(seconds).toBeLessThan(8)
  })
  it('is handed to a person when the plan was fixed often enough', () => {
    const record = having(failing('one'), failing('two'))
    expect(nextRung(task, record, failing('three'), 3)).toBe('person')
    expect(nextRung(task, { ...record, replans: 2 }, failing('three'), 2)).toBe('person')
  })
  it.each(['protected-paths', 'forbidden-mode', 'secret-in-diff'] as const)('%s goes to a person at once', (reason) => {
    expect(nextRung(task, having(), { reason, paths: ['x'] }, 0)).toBe('person')
  })
})

describe('a program that fails', () => {
  it('tries once more what may have been chance, and asks a person about the rest at once', () => {
    expect(isFinal({ reason: 'acceptance-failed', exitCode: 1, log: '' }, 0)).toBe(false)
    expect(isFinal({ reason: 'acceptance-failed', exitCode: 1, log: '' }, 1)).toBe(true)
    expect(isFinal({ reason: 'outside-paths', paths: ['b'] }, 0)).toBe(true)
  })
})

describe('after a failed attempt', () => {
  const climbing = agentsAtWork('a')
  const followsOn = (failure: TaskFailure, canReplan: boolean, run = climbing) =>
    afterFailure(run.work, 'a', failure, canReplan)
  it('an agent has another until the ladder ends', () => {
    expect(followsOn(failing('one'), true)).toEqual({ final: false, replan: false })
  })
  it('the part is planned again only if the run has a planner', () => {
    const failed = (attempt: number, log: string) =>
      [
        { type: 'task_queued', task: 'a', attempt, base: shaOf('a') },
        { type: 'task_started', task: 'a', attempt, slot: 'r1.1' },
        { type: 'task_failed', task: 'a', attempt, head: null, failure: failing(log), final: false },
      ] as const
    const twice = followed<ActiveRun>(climbing, ...failed(1, 'one'), ...failed(2, 'two'))
    expect(followsOn(failing('three'), true, twice)).toEqual({ final: true, replan: true })
    expect(followsOn(failing('three'), false, twice)).toEqual({ final: true, replan: false })
  })
  it('for want of money nothing ends', () => {
    expect(followsOn({ reason: 'allowance-spent', usd: 0.01, detail: '' }, true)).toEqual({
      final: false,
      replan: false,
    })
  })
  it('a program has one more', () => {
    const { work } = running('a')
    expect(afterFailure(work, 'a', failing('one'), true)).toEqual({ final: false, replan: false })
    expect(afterFailure(work, 'a', { reason: 'no-change' }, true)).toEqual({ final: true, replan: false })
  })
})
