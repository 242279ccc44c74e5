import { describe, expect, it } from 'vitest'
import { mayLand, mayStart, whyNoCall } from '../../../src/core/landing/gate.ts'
import { nextMerge } from '../../../src/core/landing/merge-order.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { queueable, startable } from '../../../src/core/schedule/ready.ts'
import { assignmentFor } from '../../../src/core/slots/assignment.ts'
import { agentPlan, followed, idOf, planning, proposal } from '../../support/planning.ts'
import { landed, report, shaOf } from '../../support/run.ts'

const plan = agentPlan('a > b')
const proposedIn = (mode: 'strict' | 'soft' | 'off') => followed(planning(mode), proposal(plan))
const atWork = (state: ReturnType<typeof planning>) =>
  followed<ActiveRun>(
    state,
    { type: 'task_queued', task: 'a', attempt: 1, base: shaOf('a') },
    { type: 'task_started', task: 'a', attempt: 1, slot: 'r1.1' },
  )
const landedIn = (state: ActiveRun) =>
  followed<ActiveRun>(
    state,
    { type: 'task_verified', task: 'a', attempt: 1, head: shaOf('h'), tree: shaOf('t'), report },
    { type: 'task_landed', task: 'a', attempt: 1 },
  )
const caller = { task: 'a', attempt: 1, slot: 'r1.1' }
/** A plan of which only a part was approved, in which the rest is forced to work all the same. */
const forced = () => {
  const approved = followed<ActiveRun>(proposedIn('strict'), { type: 'plan_approved', planId: idOf(plan), only: ['b'] })
  return { ...atWork(approved) }
}

describe('in strict', () => {
  it('a plan waits for its approval, and nothing of it starts', () => {
    const state = proposedIn('strict')
    expect(state.phase).toBe('proposed')
    expect(assignmentFor(atWork(state), 'r1.1')).toEqual({ kind: 'idle' })
    expect(whyNoCall(atWork(state), caller)).toBe('the run is proposed')
  })
  it('a task that is not approved is refused at dispatch, at each tool call and at landing, even when it is forced', () => {
    const state = forced()
    expect(mayStart(state.work, 'a')).toBe(false)
    expect([queueable(state.work), startable(state.work)]).toEqual([[], []])
    expect(assignmentFor(state, 'r1.1')).toEqual({ kind: 'idle' })
    expect(whyNoCall(state, caller)).toBe('the plan that holds a is not approved')
    expect(mayLand(state.work, 'a')).toBe(false)
    expect(nextMerge(landedIn(state).work)).toEqual({ next: 'wait' })
  })
  it('an approval of another plan says nothing', () => {
    const state = followed(proposedIn('strict'), { type: 'plan_approved', planId: '0'.repeat(64), only: null })
    expect(state.phase).toBe('proposed')
  })
  it('an approved task may be worked on, by the slot that has it and no other', () => {
    const approved = followed(proposedIn('strict'), { type: 'plan_approved', planId: idOf(plan), only: null })
    const state = atWork(approved)
    expect(whyNoCall(state, caller)).toBeNull()
    expect(whyNoCall(state, { ...caller, slot: 'r1.2' })).toBe('a, attempt 1, is not at work in r1.2')
    expect(whyNoCall(state, { ...caller, attempt: 2 })).toBe('a, attempt 2, is not at work in r1.1')
    expect(whyNoCall(followed(state, { type: 'run_cancelled', why: '' }), caller)).toBe('the run is ended')
    expect(nextMerge(landedIn(state).work)).toEqual({ next: 'merge', task: 'a', head: shaOf('h') })
  })
})

describe('in soft', () => {
  it('tasks start and land on their branches before the approval, and trunk waits for it', () => {
    const state = landedIn(atWork(proposedIn('soft')))
    expect(state.phase).toBe('active')
    expect(queueable(state.work).map(({ id }) => id)).toEqual(['b'])
    expect(nextMerge(state.work)).toEqual({ next: 'wait' })
    const approved = followed<ActiveRun>(state, { type: 'plan_approved', planId: idOf(plan), only: null })
    expect(nextMerge(approved.work)).toEqual({ next: 'merge', task: 'a', head: shaOf('h') })
  })
  it('a part of the plan that is approved lands alone', () => {
    const state = followed<ActiveRun>(landedIn(atWork(proposedIn('soft'))), {
      type: 'plan_approved',
      planId: idOf(plan),
      only: ['b'],
    })
    expect(nextMerge(state.work)).toEqual({ next: 'wait' })
  })
})

describe('trunk', () => {
  it('takes nothing of a plan that is still being written, whatever is approved of it', () => {
    const approved = followed<ActiveRun>(proposedIn('soft'), { type: 'plan_approved', planId: idOf(plan), only: null })
    const { work } = landed(approved, 'a')
    expect([mayLand(work, 'a'), nextMerge(work).next]).toEqual([true, 'merge'])
    const open = { ...work, open: true }
    expect([mayLand(open, 'a'), nextMerge(open).next]).toEqual([false, 'wait'])
  })

  it('keeps the order of the plan: what may land waits behind what may not yet', () => {
    const beside = agentPlan('a, b')
    const soft = followed<ActiveRun>(planning('soft'), proposal(beside))
    const part = followed<ActiveRun>(landed(soft, 'a', 'b'), {
      type: 'plan_approved',
      planId: idOf(beside),
      only: ['b'],
    })
    expect([mayLand(part.work, 'a'), mayLand(part.work, 'b')]).toEqual([false, true])
    expect(nextMerge(part.work)).toEqual({ next: 'wait' })
    const whole = followed<ActiveRun>(part, { type: 'plan_approved', planId: idOf(beside), only: null })
    expect(nextMerge(whole.work)).toEqual({ next: 'merge', task: 'a', head: shaOf('a head') })
  })
})

describe('in off', () => {
  it('everything goes, and the final pull request is the gate', () => {
    const state = landedIn(atWork(proposedIn('off')))
    expect(nextMerge(state.work)).toEqual({ next: 'merge', task: 'a', head: shaOf('h') })
  })
  it('/plan off starts a plan that waited', () => {
    const state = followed<ActiveRun>(proposedIn('strict'), { type: 'gate_switched_off' })
    expect([state.phase, mayStart(state.work, 'a'), mayLand(state.work, 'a')]).toEqual(['active', true, true])
  })
})

describe('a part that is planned while the run is at work', () => {
  const open = agentPlan('p > c, b', { tasks: { p: { kind: 'plan' } } })
  const grown = agentPlan('p > x > c, b', { tasks: { p: { kind: 'plan' } } })
  const grownIn = (mode: 'strict' | 'soft' | 'off', only: string[] | null | undefined, within = true) => {
    const state = followed(planning(mode), proposal(open))
    const approval = { type: 'plan_approved', planId: idOf(open), only: only ?? null } as const
    const grew = { type: 'plan_amended', cause: 'expand', of: 'p', plan: grown, planId: idOf(grown), within } as const
    const approved = only === undefined ? state : followed(state, approval)
    return followed<ActiveRun>(approved, { ...grew, notes: [] }).work
  }

  it('is approved with the task that it comes from, where it does no more than that may', () => {
    expect(grownIn('strict', null).approved).toBeNull()
    expect(grownIn('strict', ['p']).approved).toEqual(['p', 'x'])
    expect(mayStart(grownIn('strict', ['p']), 'x')).toBe(true)
  })
  it('is approved by nobody where nobody has approved that task', () => {
    const work = grownIn('soft', undefined)
    expect(work.approved).toEqual([])
    expect([mayStart(work, 'x'), mayLand(work, 'x')]).toEqual([true, false])
    expect(grownIn('strict', ['b']).approved).toEqual(['b'])
  })
  it('needs nobody in off, whatever it does', () => {
    const work = grownIn('off', undefined, false)
    expect(work.approved).toBeNull()
    expect([mayStart(work, 'x'), mayLand(work, 'x')]).toEqual([true, true])
  })
  it('waits for an approval of its own where it goes beyond what was approved', () => {
    const work = grownIn('strict', null, false)
    expect(work.approved).toEqual(['p', 'c', 'b'])
    expect([mayStart(work, 'x'), mayLand(work, 'x')]).toEqual([false, false])
  })
  it('leaves its origin expanded when the run is merged in the end', () => {
    const state = followed(planning('off'), proposal(open), {
      type: 'plan_amended',
      cause: 'expand',
      of: 'p',
      plan: grown,
      planId: idOf(grown),
      within: true,
      notes: [],
    })
    const closed = followed(state, { type: 'run_closed', merged: true })
    expect(closed).toMatchObject({ phase: 'ended', work: { tasks: { p: { state: { status: 'expanded' } } } } })
  })
})
