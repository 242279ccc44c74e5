import { describe, expect, it } from 'vitest'
import type { NewEvent } from '../../../src/core/run/event.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import {
  afterSlotFailure,
  endedRequests,
  freeSlots,
  lostWork,
  mayHaveWork,
  type SlotJobs,
  slotFailureText,
  slotSupply,
  withKept,
} from '../../../src/core/slots/slot-jobs.ts'
import { followed } from '../../support/planning.ts'
import { AT, afterwards, begun, landed, running, shaOf } from '../../support/run.ts'

type Job = SlotJobs extends ReadonlyMap<string, infer Value> ? Value : never
const at = (status: Job['status'], leftInOrder = false): Job => ({ status, job: 1, leftInOrder })
const jobs = (all: Record<string, Job>): SlotJobs => new Map(Object.entries(all))
const requested = (count = 2, workflowRun: number | null = 5) =>
  followed<ActiveRun>(running('a, b'), { type: 'slots_requested', request: 'r1', count, workflowRun })
const secondsLater = (seconds: number) => new Date(Date.parse(AT) + seconds * 1000)

describe('a slot is free', () => {
  it('if its job runs and it has no work; one that has worked before comes first', () => {
    const one = landed(running('a, b'), 'a')
    const busy = afterwards(one, ...begun(one, 'b', 'r1.3'))
    const seen = jobs({
      'r1.10': at('in_progress'),
      'r1.2': at('in_progress'),
      'r1.3': at('in_progress'),
      'r1.4': at('queued'),
      'r1.1': at('in_progress'),
    })
    expect(freeSlots(busy, seen)).toEqual(['r1.1', 'r1.2', 'r1.10'])
  })
})

describe('the supply of slots', () => {
  it('counts those that no list has shown for three minutes', () => {
    expect(slotSupply(requested(), new Map(), secondsLater(180))).toBe(2)
    expect(slotSupply(requested(), new Map(), secondsLater(181))).toBe(0)
  })
  it('counts those that were shown until their job ends', () => {
    const seen = jobs({ 'r1.1': at('queued'), 'r1.2': at('completed') })
    expect(slotSupply(requested(), seen, secondsLater(500))).toBe(1)
  })
})

describe('a request', () => {
  const ended = at('completed')
  it('is over when all of its jobs have ended', () => {
    const over = [{ type: 'slots_gone', request: 'r1' }]
    expect(endedRequests(requested(), jobs({ 'r1.1': ended, 'r1.2': ended }))).toEqual(over)
    expect(endedRequests(requested(), jobs({ 'r1.1': ended, 'r1.2': at('queued') }))).toEqual([])
    expect(endedRequests(requested(1, null), jobs({ 'r1.1': ended }))).toEqual([])
  })
})

describe('work whose slot ended without a result', () => {
  const first = running('a')
  const atWork = afterwards(first, ...begun(first, 'a'))
  const task = { task: 'a', attempt: 1 }

  it('goes back to the queue', () => {
    expect(lostWork(atWork.work, jobs({ 'r1.1': at('in_progress') }))).toEqual([])
    expect(lostWork(atWork.work, jobs({ 'r1.1': at('completed') }))).toEqual([
      { type: 'task_returned', ...task, slot: 'r1.1' },
    ])
  })
  it('has cost nothing if the slot had left by itself, or failed in its set-up: the attempt waits for another slot', () => {
    const unbegun = { type: 'task_returned', ...task, slot: 'r1.1', unbegun: true, requeued: true } as const
    expect(lostWork(atWork.work, jobs({ 'r1.1': at('completed', true) }))).toEqual([unbegun])
    const setUp = { step: 'Run npm ci', url: null, words: '' }
    expect(lostWork(atWork.work, jobs({ 'r1.1': { ...at('completed'), setUp } }))).toEqual([unbegun])
    const { tasks } = followed<ActiveRun>(atWork, unbegun).work
    expect(tasks.a).toMatchObject({ state: { status: 'queued', attempt: 1 }, lost: 0 })
    expect(tasks.a?.attempts).toMatchObject([{ attempt: 1, startedAt: null, slot: null, outcome: 'open' }])
  })
  it('may have left a checkpoint if its slot had worked, also with the last slot that it may lose, and not otherwise', () => {
    const head = shaOf('kept')
    const kept = { head, steps: ['write'] }
    const returned = { type: 'task_returned', ...task, slot: 'r1.1' } as const
    const failed = { type: 'task_failed', ...task, head: null, final: true } as const
    const lost = { ...failed, failure: { reason: 'slot-lost', times: 3 } } as const
    const others: NewEvent[] = [
      { ...returned, unbegun: true, requeued: true },
      { ...failed, failure: { reason: 'not-handed-over', detail: '' } },
      { type: 'verification_returned', on: head, attempt: 1, slot: 'r1.1' },
    ]
    expect([returned, lost, ...others].map(mayHaveWork)).toEqual([true, true, false, false, false])
    const usage = { fresh: 1, cached: 2, written: 3, output: 4 }
    const spent = { role: 'work', model: 'claude-sonnet-5-5', calls: 1, usage, usd: 0.5, unknown: 0 } as const
    for (const spending of [[], [spent]]) {
      const lastKnown = spending.length === 0 ? {} : { lastKnown: spending }
      expect([withKept(returned, { ...kept, spending }), withKept(lost, { ...kept, spending })]).toEqual([
        { ...returned, kept, ...lastKnown },
        { ...lost, head, ...lastKnown },
      ])
    }
  })
  it('says the last words of the slot', () => {
    const said = { ...at('completed'), error: 'No space left on device' }
    expect(lostWork(atWork.work, jobs({ 'r1.1': said }))).toMatchObject([{ why: 'No space left on device' }])
  })
  it('fails at once with the words if the work was done and could not be handed over', () => {
    const refused = { ...at('completed'), error: 'not handed over: Artifact storage quota has been hit.' }
    expect(lostWork(atWork.work, jobs({ 'r1.1': refused }))).toMatchObject([
      {
        type: 'task_failed',
        failure: { reason: 'not-handed-over', detail: 'Artifact storage quota has been hit.' },
        final: true,
      },
    ])
  })
  it('fails for good with the third slot', () => {
    const returned = (state: ActiveRun, attempt: number) =>
      followed<ActiveRun>(state, { type: 'task_returned', task: 'a', attempt, slot: 'r1.1' })
    const second = returned(atWork, 1)
    const third = returned(afterwards(second, ...begun(second, 'a')), 2)
    const last = afterwards(third, ...begun(third, 'a'))
    expect(lostWork(last.work, jobs({ 'r1.1': at('completed') }))).toEqual([
      {
        type: 'task_failed',
        task: 'a',
        attempt: 3,
        head: null,
        failure: { reason: 'slot-lost', times: 3 },
        final: true,
      },
    ])
  })
  it('goes back as a verification too', () => {
    const on = shaOf('trunk')
    const verifying = followed<ActiveRun>(
      first,
      { type: 'verification_queued', on, attempt: 1 },
      { type: 'verification_started', on, attempt: 1, slot: 'r1.2' },
    )
    expect(lostWork(verifying.work, jobs({ 'r1.2': at('completed') }))).toEqual([
      { type: 'verification_returned', on, attempt: 1, slot: 'r1.2' },
    ])
    const lostTwice = { ...verifying.work, lostVerifications: 2 }
    expect(lostWork(lostTwice, jobs({ 'r1.2': at('completed') }))).toEqual([
      { type: 'verification_failed', on, attempt: 1, failure: { reason: 'slot-lost', times: 3 } },
    ])
  })
})

describe('slots that failed before they began', () => {
  const setUp = { step: 'Run npm ci', url: 'https://example.org/job/1', words: 'exit code 1' }
  const failed: Job = { ...at('completed'), setUp }
  const both = jobs({ 'r1.1': failed, 'r1.2': failed })

  it('end their request with the step, if all of them failed in it', () => {
    expect(endedRequests(requested(), both)).toEqual([{ type: 'slots_gone', request: 'r1', failure: setUp }])
    const other = { ...failed, setUp: { ...setUp, step: 'Run actions/checkout' } }
    expect(endedRequests(requested(), jobs({ 'r1.1': failed, 'r1.2': other }))).toEqual([
      { type: 'slots_gone', request: 'r1' },
    ])
  })
  it('are not followed by others: the run pauses, or makes do with the slots that it has', () => {
    expect(afterSlotFailure(requested(), both, 0)).toEqual({ next: 'pause', failure: setUp })
    expect(afterSlotFailure(requested(), both, 1)).toEqual({ next: 'make do' })
    expect(afterSlotFailure(requested(), jobs({ 'r1.1': failed, 'r1.2': at('in_progress') }), 0)).toEqual({
      next: 'ask',
    })
  })
  it('are followed by others once, if slots have worked before', () => {
    const worked = followed<ActiveRun>(landed(running('a, b'), 'a'), {
      type: 'slots_requested',
      request: 'r2',
      count: 1,
      workflowRun: 6,
    })
    expect(afterSlotFailure(worked, jobs({ 'r2.1': failed }), 0)).toEqual({ next: 'ask' })
    const again = followed<ActiveRun>(
      worked,
      { type: 'slots_gone', request: 'r2', failure: setUp },
      { type: 'slots_requested', request: 'r3', count: 1, workflowRun: 7 },
    )
    expect(afterSlotFailure(again, jobs({ 'r3.1': failed }), 0)).toEqual({ next: 'pause', failure: setUp })
  })
  it('are forgotten when a person resumes the run', () => {
    const paused = followed<ActiveRun>(
      requested(),
      { type: 'slots_gone', request: 'r1', failure: setUp },
      { type: 'run_paused', why: 'x' },
    )
    expect(afterSlotFailure(paused, new Map(), 0)).toMatchObject({ next: 'pause' })
    expect(afterSlotFailure(followed<ActiveRun>(paused, { type: 'run_resumed' }), new Map(), 0)).toEqual({
      next: 'ask',
    })
  })
  it('say their step, or why no job was started', () => {
    expect(slotFailureText(setUp)).toBe('every slot failed in its set-up, in the step "Run npm ci": exit code 1')
    expect(slotFailureText({ step: null, url: null, words: 'spending limit' })).toBe(
      'GitHub starts no job for a slot: spending limit',
    )
  })
})
