import { describe, expect, it } from 'vitest'
import type { Plan, Task } from '../../../src/core/plan/plan.ts'
import { recordOf, statusOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { queueable } from '../../../src/core/schedule/ready.ts'
import { agentPlan, agentTask, followed, planning, proposal } from '../../support/planning.ts'
import { begun, landed, merged, queued, shaOf, verifiedBy } from '../../support/run.ts'

const plan = agentPlan('a > b > c, d')
const changed = (id: string, fields: Partial<Task>): Plan => ({
  ...plan,
  tasks: plan.tasks.map((task) => (task.id === id ? { ...task, ...fields } : task)),
})
/** In `soft` tasks land on their branches while nobody has approved anything. */
const atWork = (first: Plan = plan) => followed<ActiveRun>(planning('soft'), proposal(first))
const revised = (run: ActiveRun, next: Plan) =>
  followed<ActiveRun>(run, { type: 'revision_requested', words: 'differently' }, proposal(next))
const statuses = ({ work }: ActiveRun) => work.plan.tasks.map(({ id }) => `${id} ${statusOf(work, id)}`)

describe('what was done for the version before', () => {
  const done = landed(atWork(), 'a', 'b', 'd')

  it('is kept where the task is the same to the letter', () =>
    expect(statuses(revised(done, plan))).toEqual(['a landed', 'b landed', 'c pending', 'd landed']))

  it.each<[keyof Task, Partial<Task>]>([
    ['goal', { goal: 'Something else' }],
    ['writes', { writes: ['elsewhere/**'] }],
    ['acceptance', { acceptance: { argv: ['npm', 'test'], expect: '' } }],
    ['run', { run: ['node', 'x.js'] }],
    ['steps', { steps: ['another'] }],
    ['needs', { needs: ['d'] }],
  ])('is done again where the task has another %s', (_field, fields) => {
    const { work } = revised(done, changed('b', fields))
    expect([statusOf(work, 'a'), statusOf(work, 'b'), statusOf(work, 'd')]).toEqual(['landed', 'pending', 'landed'])
    expect(queueable(work).map(({ id }) => id)).toContain('b')
    expect(recordOf(work, 'b').attempts).toHaveLength(1)
  })

  it('is done again where it stands on work that is', () =>
    expect(statuses(revised(done, changed('a', { goal: 'Something else' })))).toEqual([
      'a pending',
      'b pending',
      'c pending',
      'd landed',
    ]))

  it('is kept where only another size, tier or time is said', () =>
    expect(
      statuses(revised(done, changed('a', { size: 'large', model_tier: 'strong', timeout_minutes: 60 }))),
    ).toContain('a landed'))

  it('does not pass for the one task that a version was folded into', () => {
    const run = landed(atWork(agentPlan('t1 > t2')), 't1')
    const whole = { ...plan, tasks: [agentTask('t1', { goal: 'All of it', writes: ['t1/**', 't2/**'] })] }
    const { work } = revised(run, whole)
    expect(queueable(work).map(({ id }) => id)).toEqual(['t1'])
  })

  it('is not landed by another version where it was only verified', () => {
    const run = followed<ActiveRun>(atWork(), ...verifiedBy(atWork(), 'a'))
    expect(statuses(revised(run, changed('a', { goal: 'Something else' })))).toContain('a pending')
    expect(statuses(revised(run, plan))).toContain('a verified')
  })

  it('is never taken out of trunk', () => {
    const run = merged(landed(atWork(), 'a'), 'a')
    expect(statuses(revised(run, changed('a', { goal: 'Something else' })))).toContain('a landed')
  })
})

describe('a part that was planned while the run was at work', () => {
  const first = agentPlan('a > p', { tasks: { p: { kind: 'plan' } } })
  const grown = { ...first, tasks: [...first.tasks, agentTask('p-1', { needs: ['p'] })] }
  const run = followed<ActiveRun>(landed(atWork(first), 'a'), {
    type: 'plan_amended',
    cause: 'expand',
    of: 'p',
    plan: grown,
    planId: shaOf('grown'),
    within: true,
    notes: [],
  })

  it('stays in a version that has its tasks', () => expect(statuses(revised(run, grown))).toContain('p expanded'))
  it('is planned again in a version that has them no more', () =>
    expect(statuses(revised(run, first))).toEqual(['a landed', 'p pending']))
})

describe('a plan that has begun and is written anew', () => {
  const tasks = agentPlan('a > b > c, d, e, f').tasks
  const head = { ...plan, tasks: [] }
  const open = followed<ActiveRun>(
    planning('off'),
    { type: 'plan_begun', plan: head, planId: shaOf('head'), trunk: shaOf('trunk') },
    ...tasks.map((planned) => ({ type: 'task_planned' as const, planned, notes: [] })),
  )
  const anew = (run: ActiveRun) =>
    followed<ActiveRun>(run, { type: 'money_reserved', stage: 'design#2', role: 'plan', usd: 1 })
  const run = followed<ActiveRun>(landed(open, 'a'), ...begun(open, 'b'), ...queued(open, 'd'))

  it('keeps what somebody has worked on, and nothing that only waited', () =>
    expect(statuses(anew(run))).toEqual(['a landed', 'b in_progress']))

  it('keeps what its begun tasks need', () => {
    const waiting = followed<ActiveRun>(open, { type: 'task_skipped', task: 'b' })
    expect(statuses(anew(waiting))).toEqual(['a pending', 'b skipped'])
  })

  it('starts nothing of the first writing by the way, and each task of the second as it comes', () => {
    expect(queueable(anew(run).work)).toEqual([])
    const next = followed<ActiveRun>(anew(run), {
      type: 'task_planned',
      planned: agentTask('d', { goal: 'Something else' }),
      notes: [],
    })
    expect(queueable(next.work).map(({ id, goal }) => [id, goal])).toEqual([['d', 'Something else']])
    // Its branch is there already: the next attempt moves it from where it is.
    expect(recordOf(next.work, 'd').attempts).toMatchObject([{ attempt: 1, outcome: 'cancelled' }])
  })

  it('leaves a begun task as it is, whatever comes under its id', () => {
    const again = { type: 'task_planned' as const, planned: agentTask('b', { goal: 'Something else' }), notes: [] }
    expect(statuses(followed<ActiveRun>(anew(run), again))).toEqual(['a landed', 'b in_progress'])
  })

  it('is whole again when it is proposed, with all that was done', () => {
    const whole = { ...plan, tasks: [...tasks.slice(0, 2), agentTask('z', { needs: ['b'] })] }
    expect(statuses(followed<ActiveRun>(anew(run), proposal(whole)))).toEqual([
      'a landed',
      'b in_progress',
      'z pending',
    ])
  })
})
