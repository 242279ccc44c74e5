import { describe, expect, it } from 'vitest'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { endedRequests, freeSlots, lostWork, type SlotJobs, slotSupply } from '../../../src/core/schedule/slot-jobs.ts'
import { followed } from '../../support/planning.ts'
import { AT, afterwards, begun, landed, running, shaOf } from '../../support/run.ts'

type Job = SlotJobs extends ReadonlyMap<string, infer Value> ? Value : never
const at = (status: Job['status'], leftInOrder = false): Job => ({ status, leftInOrder })
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
  it('has cost nothing if the slot had left by itself', () => {
    expect(lostWork(atWork.work, jobs({ 'r1.1': at('completed', true) }))).toMatchObject([{ unbegun: true }])
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
  })
})
