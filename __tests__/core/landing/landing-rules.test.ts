import { describe, expect, it } from 'vitest'
import { nextMerge, touchedBy } from '../../../src/core/landing/merge-order.ts'
import { isAssembled, nextVerdict, suspects } from '../../../src/core/landing/verification.ts'
import { isProtected, touchedProtected } from '../../../src/core/plan/protected-paths.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { blockers } from '../../../src/core/run/task-status.ts'
import type { Work } from '../../../src/core/run/work.ts'
import { assign, queueable, slotsAtWork, usableSlots } from '../../../src/core/schedule/ready.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { gate } from '../../support/plan.ts'
import { agentPlan, agentsAtWork, followed, idOf, planning, proposal } from '../../support/planning.ts'
import { afterwards, begun, failed, landed, merged, queued, running, shaOf } from '../../support/run.ts'

const skipped = (state: ActiveRun, task: string) => followed<ActiveRun>(state, { type: 'task_skipped', task })
const cancelled = (state: ActiveRun, task: string) => followed<ActiveRun>(state, { type: 'task_cancelled', task })
const on = shaOf('tip')
const verifying = (state: ActiveRun) => followed<ActiveRun>(state, { type: 'verification_queued', on, attempt: 1 })
const atVerification = (state: ActiveRun) =>
  followed<ActiveRun>(verifying(state), { type: 'verification_started', on, attempt: 1, slot: 'r1.2' })

describe('what keeps a task back for good', () => {
  it('is a cancelled task as well as a failed one', () => {
    expect([...blockers(cancelled(running('a > b'), 'a').work)]).toEqual([['b', 'a']])
    const both = cancelled(failed(running('a > b, c > d'), 'a'), 'c')
    expect([...blockers(both.work)]).toEqual([
      ['b', 'a'],
      ['d', 'c'],
    ])
  })
  it('keeps nothing back that has landed before', () => {
    const all = merged(landed(running('a > b'), 'a', 'b'), 'a', 'b')
    const sentBack = followed<ActiveRun>(all, { type: 'task_retried', task: 'a', note: '', onto: [] })
    expect([...blockers(failed(sentBack, 'a').work)]).toEqual([])
  })
  it('is found behind needs that are in order', () => {
    expect([...blockers(failed(landed(running('a > c, b > c'), 'a'), 'b').work)]).toEqual([['c', 'b']])
  })
})

describe('slots', () => {
  it('get no task that has to be planned first', () => {
    const state = agentsAtWork('p, a', { tasks: { p: { kind: 'plan' } } })
    expect(queueable(state.work).map(({ id }) => id)).toEqual(['a'])
  })
  it('get the verification before any task, if one is free', () => {
    const state = verifying(afterwards(running('a'), ...queued(running('a'), 'a')))
    expect(assign(state, ['r1.1'])).toEqual([{ kind: 'verification', on, attempt: 1, slot: 'r1.1' }])
    expect(assign(state, ['r1.1', 'r1.2'])).toMatchObject([{ slot: 'r1.1' }, { kind: 'task', task: 'a', slot: 'r1.2' }])
    expect(assign(state, [])).toEqual([])
  })
  it('are at work if they have a task or the verification', () => {
    const state = running('a, b, c')
    const busy = afterwards(state, ...begun(state, 'a', 'r1.1'), ...queued(state, 'b'))
    expect(slotsAtWork(state.work)).toEqual([])
    expect(slotsAtWork(busy.work)).toEqual(['r1.1'])
    expect(slotsAtWork(verifying(busy).work)).toEqual(['r1.1'])
    expect(slotsAtWork(atVerification(busy).work)).toEqual(['r1.1', 'r1.2'])
  })
  it('are of use for a task that is at work, ready or about to be, and for a verification', () => {
    const state = running('a, b')
    const busy = afterwards(state, ...begun(state, 'a'))
    expect([state, busy, verifying(busy), atVerification(busy)].map(usableSlots)).toEqual([2, 2, 3, 3])
    const both = afterwards(busy, ...begun(state, 'b', 'r1.2'))
    expect([usableSlots(both), usableSlots(merged(landed(state, 'a', 'b'), 'a', 'b'))]).toEqual([2, 0])
    const settings = settingsSchema.parse({ slots: { cap: 2 } })
    const capped = running('a, b', {}, settings)
    expect(usableSlots(verifying(afterwards(capped, ...begun(capped, 'a'))))).toBe(2)
  })
})

describe('the next merge', () => {
  const next = (state: ActiveRun) => nextMerge(state.work)

  it('passes over what was skipped or cancelled, and what that blocks', () => {
    expect(next(landed(skipped(running('a, b'), 'a'), 'b'))).toMatchObject({ next: 'merge', task: 'b' })
    expect(next(landed(cancelled(running('a, c, a > d'), 'a'), 'c'))).toMatchObject({ next: 'merge', task: 'c' })
    expect(next(merged(landed(cancelled(running('a, c, a > d'), 'a'), 'c'), 'c'))).toEqual({ next: 'none' })
  })
  it('passes over a gate, which has no commits', () => {
    const start = running('a > g > b', { tasks: { g: gate } })
    const reached = merged(landed(start, 'a'), 'a')
    expect(next(reached)).toEqual({ next: 'wait' })
    const waiting = afterwards(reached, ...queued(reached, 'g'))
    expect(next(waiting)).toEqual({ next: 'wait' })
    const opened = followed<ActiveRun>(waiting, { type: 'gate_approved', task: 'g' })
    expect(next(landed(opened, 'b'))).toMatchObject({ next: 'merge', task: 'b' })
  })
  it('passes over a task that became others', () => {
    const plan = agentPlan('p > x', { tasks: { p: { kind: 'plan' } } })
    const grew = { type: 'plan_amended', cause: 'expand', of: 'p', plan, planId: idOf(plan), within: true } as const
    const state = followed<ActiveRun>(agentsAtWork('p', { tasks: { p: { kind: 'plan' } } }), { ...grew, notes: [] })
    expect(next(landed(state, 'x'))).toMatchObject({ next: 'merge', task: 'x' })
  })
  it('passes over what nobody has approved, as long as it may not start', () => {
    const plan = agentPlan('a, b')
    const partIn = (mode: 'strict' | 'soft') =>
      followed<ActiveRun>(planning(mode), proposal(plan), { type: 'plan_approved', planId: idOf(plan), only: ['b'] })
    const part = partIn('strict')
    expect(next(part)).toEqual({ next: 'wait' })
    expect(next(landed(part, 'b'))).toMatchObject({ next: 'merge', task: 'b' })
    expect(next(merged(landed(part, 'b'), 'b'))).toEqual({ next: 'none' })
    const forced = followed<ActiveRun>(part, { type: 'task_queued', task: 'a', attempt: 1, base: shaOf('a') })
    expect(next(landed(forced, 'b'))).toEqual({ next: 'wait' })
    expect(next(landed(partIn('soft'), 'b'))).toEqual({ next: 'wait' })
  })
  it('waits for tasks that are still to be planned', () => {
    const plan = { ...agentPlan('a'), tasks: [] }
    const open = followed<ActiveRun>(planning('off'), {
      type: 'plan_begun',
      plan,
      planId: 'a'.repeat(64),
      trunk: shaOf('trunk'),
    })
    expect(next(open)).toEqual({ next: 'wait' })
  })
})

describe('earlier merges that a conflict may be with', () => {
  const { work } = running('a, b, c', { tasks: { c: { writes: ['c/**', 'shared/**'] } } })

  it('are those whose paths are touched', () => {
    expect(touchedBy(work, ['b/x', 'elsewhere'], ['a', 'b', 'c'])).toEqual(['b'])
    expect(touchedBy(work, ['shared/x', 'a/x'], ['a', 'b', 'c'])).toEqual(['a', 'c'])
    expect(touchedBy(work, ['a/x', 'b/x'], ['b'])).toEqual(['b'])
  })
  it('are all of them if none is told by its paths, or the plan has it no longer', () => {
    expect(touchedBy(work, ['elsewhere'], ['a', 'b'])).toEqual(['a', 'b'])
    expect(touchedBy(work, ['a/x'], ['gone', 'b'])).toEqual(['gone', 'b'])
    expect(touchedBy(work, ['a/x'], ['gone', 'a'])).toEqual(['a'])
  })
})

describe('trunk is assembled', () => {
  it('when each task has landed and been merged', () => {
    expect(isAssembled(landed(running('a'), 'a').work)).toBe(false)
    expect(isAssembled(merged(landed(running('a'), 'a'), 'a').work)).toBe(true)
  })
  it('not while one has failed, though nothing is left to merge', () => {
    const state = failed(merged(landed(running('a, b'), 'a'), 'a'), 'b')
    expect([nextMerge(state.work).next, isAssembled(state.work)]).toEqual(['none', false])
    expect(isAssembled(skipped(state, 'b').work)).toBe(true)
  })
})

describe('the search for the merge that broke trunk', () => {
  const ids = ['t0', 't1', 't2', 't3', 't4']
  const { work } = merged(landed(running(ids.join(', ')), ...ids), ...ids)
  const sha = (index: number) => (index < 0 ? work.trunk.start : (work.trunk.merges[index]?.sha ?? ''))
  const having = (verdicts: Record<number, 'passed' | 'failed'>): Work => ({
    ...work,
    verdicts: Object.fromEntries(Object.entries(verdicts).map(([index, verdict]) => [sha(Number(index)), verdict])),
  })

  it('waits while a verification is queued or at work', () => {
    const state = merged(landed(running('a'), 'a'), 'a')
    expect([state, verifying(state), atVerification(state)].map(({ work }) => nextVerdict(work).next)).toEqual([
      'verify',
      'wait',
      'wait',
    ])
  })
  it('asks in the middle of what is unknown', () => {
    expect(nextVerdict(having({ 4: 'failed' }))).toEqual({ next: 'verify', on: sha(1) })
    expect(nextVerdict(having({ 4: 'failed', 1: 'passed' }))).toEqual({ next: 'verify', on: sha(2) })
    expect(nextVerdict(having({ 4: 'failed', 1: 'failed' }))).toEqual({ next: 'verify', on: sha(0) })
  })
  it('asks for the base only if the first merge fails already', () => {
    expect(nextVerdict(having({ 4: 'failed', 1: 'failed', 0: 'failed' }))).toEqual({ next: 'verify', on: sha(-1) })
    expect(nextVerdict(having({ 4: 'failed', 1: 'passed', 2: 'failed' }))).toEqual({ next: 'culprit', task: 't2' })
  })
  it('blames no task if the base fails, unless a merge has passed since', () => {
    expect(nextVerdict(having({ 4: 'failed', 1: 'failed', 0: 'failed', [-1]: 'failed' }))).toEqual({
      next: 'culprit',
      task: null,
    })
    expect(nextVerdict(having({ 4: 'failed', 1: 'passed', 2: 'failed', [-1]: 'failed' }))).toEqual({
      next: 'culprit',
      task: 't2',
    })
  })
  it('suspects no task before it has ended, or if the base is to blame', () => {
    expect([suspects(work), suspects({ ...work, culprit: { task: null } })]).toEqual([[], []])
  })
})

describe('a protected path', () => {
  it('is met however its letters are written', () => {
    const globs = ['Locked/é/**']
    for (const path of ['Locked/é/x', 'locked/e\u0301/x', 'LOCKED/É/x', 'lo\u200bcked/é/x'])
      expect(isProtected(path, globs), path).toBe(true)
    expect(isProtected('unlocked/é/x', globs)).toBe(false)
  })
  it('is touched by any of the forms that braces stand for', () => {
    expect(touchedProtected('src/{a,package.json}', ['**/package.json'])).toBe('**/package.json')
    expect(touchedProtected('src/{a,b}', ['**/package.json'])).toBeNull()
  })
})
