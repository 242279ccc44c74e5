import { describe, expect, it } from 'vitest'
import { attemptKey } from '../../../src/core/money/money-key.ts'
import type { Plan } from '../../../src/core/plan/plan.ts'
import { goesBeyond, withReplacement } from '../../../src/core/run/amend-plan.ts'
import { isApproved, isSettled, recordOf, statusOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun, LiveRun, ProposedRun } from '../../../src/core/run/state.ts'
import { gate } from '../../support/plan.ts'
import { agentPlan, agentsAtWork, agentTask, followed, idOf, planning, proposal } from '../../support/planning.ts'
import { begun, failed, landed, merged, queued, shaOf, verifiedBy } from '../../support/run.ts'

const approvedOf = ({ work }: ActiveRun): string[] =>
  work.plan.tasks.map(({ id }) => id).filter((id) => isApproved(work, id))

const approving = (run: LiveRun, plan: Plan, only: string[] | null): ActiveRun =>
  followed<ActiveRun>(run, { type: 'plan_approved', planId: idOf(plan), only })

describe('an approval', () => {
  const plan = agentPlan('a, b, c')
  const waiting = followed<ProposedRun>(planning(), proposal(plan))

  it('of some tasks adds to the earlier ones, and of the last ones makes it the whole plan', () => {
    const first = approving(waiting, plan, ['a'])
    expect(approvedOf(first)).toEqual(['a'])
    const second = approving(first, plan, ['b', 'a'])
    expect(second.work.approved).toEqual(['a', 'b'])
    expect(approving(second, plan, ['c']).work.approved).toBeNull()
  })

  it('of some tasks takes nothing from one of the whole plan', () => {
    const whole = approving(waiting, plan, null)
    expect(approving(whole, plan, ['a']).work.approved).toBeNull()
  })

  it('resumes no run that a person paused', () => {
    const paused = followed(approving(waiting, plan, ['a']), { type: 'run_paused', why: 'lunch' })
    expect(approving(paused, plan, null).paused).toMatchObject({ why: 'lunch' })
  })

  it('does not bring an ended run back', () => {
    const ended = followed(waiting, { type: 'plan_rejected', why: 'no' })
    expect(approving(ended, plan, null).phase).toBe('ended')
  })

  it('is dated once, at the first', () => {
    const first = approving(waiting, plan, ['a'])
    const second = followed<ActiveRun>(first, {
      type: 'plan_approved',
      planId: idOf(plan),
      only: ['b'],
      at: '2026-01-01T01:00:00.000Z',
    })
    expect(second.work.startedAt).toBe(first.work.startedAt)
  })
})

describe('a plan that streams in', () => {
  const head = { ...agentPlan('a'), tasks: [] }
  const begins = { type: 'plan_begun', plan: head, planId: shaOf('head'), trunk: shaOf('trunk') } as const

  it('starts nothing in `strict`, and its tasks in `soft`', () => {
    expect(followed(planning('strict'), begins).phase).toBe('requested')
    expect(followed(planning('soft'), begins).phase).toBe('active')
  })

  it('does not bring an ended run back', () => {
    const ended = followed(planning('soft'), { type: 'run_cancelled', why: '' })
    expect(followed(ended, begins).phase).toBe('ended')
  })

  it('keeps the tasks at work if its design is restarted', () => {
    const open = followed(planning('off'), begins, { type: 'task_planned', planned: agentTask('a'), notes: [] })
    const again = followed<ActiveRun>(open, begins)
    expect(again.work.plan.tasks.map(({ id }) => id)).toEqual(['a'])
  })
})

describe('another version of a plan', () => {
  it('does not bring an ended run back', () => {
    const ended = followed(planning(), { type: 'run_cancelled', why: '' })
    expect(followed(ended, proposal(agentPlan('a')))).toMatchObject({ phase: 'ended', work: null })
  })

  it('keeps the one before, for the difference', () => {
    const [first, second] = [agentPlan('a'), agentPlan('a, b')]
    const { work } = followed<ProposedRun>(planning(), proposal(first), proposal(second))
    expect(work.previous).toEqual({ plan: first, planId: idOf(first) })
  })

  it('keeps nothing that was found out about the paths of the one before', () => {
    const told = { ...proposal(agentPlan('a')), sharedWrites: [{ run: '7', issue: 7, paths: ['src/**'] }] }
    const run = followed<ProposedRun>(planning(), told as never)
    expect(run.work.sharedWrites).toEqual([{ run: '7', issue: 7, paths: ['src/**'] }])
    expect(followed<ProposedRun>(run, proposal(agentPlan('a, b'))).work.sharedWrites).toBeUndefined()
  })
})

describe('a part of the plan that is replaced', () => {
  const amended = (run: ActiveRun, plan: Plan, over: { of?: string; within?: boolean } = {}) =>
    followed<ActiveRun>(run, {
      type: 'plan_amended',
      cause: 'replan',
      of: over.of ?? 'b',
      plan,
      planId: shaOf('next'),
      within: over.within ?? true,
      notes: ['a note'],
    })
  const plan = agentPlan('a > b > c, d')
  const next: Plan = {
    ...plan,
    tasks: [...plan.tasks.filter(({ id }) => 'ad'.includes(id)), agentTask('b2', { needs: ['a'] })],
  }
  const waiting = followed<ProposedRun>(planning(), proposal(plan))

  it('is approved with what it replaces only if all of that was approved', () => {
    expect(approvedOf(amended(approving(waiting, plan, ['a', 'b', 'c']), next))).toEqual(['a', 'b2'])
    expect(approvedOf(amended(approving(waiting, plan, ['a', 'b']), next))).toEqual(['a'])
    expect(approvedOf(amended(approving(waiting, plan, ['a', 'c']), next))).toEqual(['a'])
  })

  it('is not approved if it goes beyond what was', () =>
    expect(approvedOf(amended(approving(waiting, plan, null), next, { within: false }))).toEqual(['a', 'd']))

  it('keeps what has landed, whatever the new plan says of it, and what did not change', () => {
    const run = landed(approving(waiting, plan, null), 'a', 'd')
    const other: Plan = {
      ...next,
      tasks: next.tasks.map((task) => (task.id === 'd' ? { ...task, goal: 'Something else' } : task)),
    }
    const { work } = amended(failed(run, 'b'), other)
    expect([statusOf(work, 'a'), statusOf(work, 'd'), statusOf(work, 'b2')]).toEqual(['landed', 'landed', 'pending'])
  })

  it('starts an unfinished task again that it changes, and keeps one at work that it does not', () => {
    const started = approving(waiting, plan, null)
    const atWork = followed<ActiveRun>(started, ...begun(started, 'd'))
    expect(statusOf(amended(atWork, next).work, 'd')).toBe('in_progress')
    const other = { ...next, tasks: next.tasks.map((task) => (task.id === 'd' ? { ...task, goal: 'Other' } : task)) }
    expect(statusOf(amended(atWork, other).work, 'd')).toBe('pending')
  })

  it('counts the re-plans of the failed task and of what stands for it, and of no other', () => {
    const run = amended(failed(landed(approving(waiting, plan, null), 'a'), 'b'), next)
    const replans = (id: string) => recordOf(run.work, id).replans
    expect([replans('a'), replans('d'), replans('b2')]).toEqual([0, 0, 1])
    const kept: Plan = {
      ...plan,
      tasks: plan.tasks.map((task) => (task.id === 'b' ? { ...task, goal: 'Other' } : task)),
    }
    const twice = amended(failed(amended(failed(landed(approving(waiting, plan, null), 'a'), 'b'), kept), 'b'), kept)
    expect(recordOf(twice.work, 'b').replans).toBe(2)
    expect(recordOf(twice.work, 'c').replans).toBe(0)
  })

  it('adds its notes to those of the plan', () =>
    expect(amended(approving(waiting, plan, null), next).work.notes).toEqual(['a note']))
})

describe('what new tasks may do', () => {
  it('is not widened by a task that is changed under the same name', () => {
    const run = agentsAtWork<ActiveRun>('a, b')
    const [first] = run.work.plan.tasks
    if (first === undefined) throw new Error('the plan has no task')
    expect(goesBeyond(run.work, [first])).toEqual([])
    expect(goesBeyond(run.work, [{ ...first, needs: ['b'] }])).toEqual([])
    expect(goesBeyond(run.work, [{ ...first, writes: ['elsewhere/**'] }])).toEqual([
      expect.stringContaining('elsewhere/**'),
    ])
  })

  it('comes from tasks behind a gate only once the gate was opened or skipped', () => {
    const run = agentsAtWork<ActiveRun>('g > b, a', { tasks: { g: gate, b: { writes: ['b/**'] } } })
    const asks = [agentTask('n', { writes: ['b/x.ts'] })]
    expect(goesBeyond(run.work, asks)).toHaveLength(1)
    const opened = followed<ActiveRun>(run, ...queued(run, 'g'), { type: 'gate_approved', task: 'g', by: 'ada' })
    expect(goesBeyond(opened.work, asks)).toEqual([])
    expect(goesBeyond(followed<ActiveRun>(run, { type: 'task_skipped', task: 'g' }).work, asks)).toEqual([])
  })

  it('is put in the place of the failed one, behind what that needed, before what needed it', () => {
    const plan = agentPlan('a > b > c > d, x')
    const { tasks } = withReplacement(plan, 'c', ['b'], [agentTask('n')])
    expect(tasks.map(({ id, needs }) => [id, ...needs].join(' < '))).toEqual(['a', 'n', 'd < n', 'x'])
  })
})

describe('a gate', () => {
  const plan = agentPlan('a > g > b', { tasks: { g: gate } })
  const run = approving(followed<ProposedRun>(planning(), proposal(plan)), plan, null)
  const opens = { type: 'gate_approved', task: 'g', by: 'ada' } as const

  it('is opened only when it waits, and by the person who is then named', () => {
    expect(statusOf(followed<ActiveRun>(run, opens).work, 'g')).toBe('pending')
    const waiting = landed(run, 'a')
    const open = followed<ActiveRun>(waiting, ...queued(waiting, 'g'), opens)
    expect(statusOf(open.work, 'g')).toBe('landed')
    expect(recordOf(open.work, 'g').landedBy).toBe('ada')
  })

  it('is closed again in a version of the plan that changes it, though other work is on trunk', () => {
    const soft = followed<ActiveRun>(planning('soft'), proposal(plan))
    const onTrunk = merged(landed(soft, 'a'), 'a')
    const open = followed<ActiveRun>(onTrunk, ...queued(onTrunk, 'g'), opens)
    const other: Plan = {
      ...plan,
      tasks: plan.tasks.map((task) => (task.id === 'g' ? { ...task, title: 'Other' } : task)),
    }
    const revised = followed<ActiveRun>(open, { type: 'revision_requested', words: 'so' }, proposal(other))
    expect([statusOf(revised.work, 'a'), statusOf(revised.work, 'g')]).toEqual(['landed', 'pending'])
  })

  it('holds what is skipped behind it, but not behind what has landed', () => {
    const skipped = followed<ActiveRun>(run, { type: 'task_skipped', task: 'b' })
    expect(isSettled(skipped.work, 'b')).toBe(false)
    const passed = followed<ActiveRun>(run, { type: 'task_skipped', task: 'g' }, { type: 'task_skipped', task: 'b' })
    expect(isSettled(passed.work, 'b')).toBe(true)
    const chain = agentPlan('g > m > b, a > c', { tasks: { g: gate } })
    const whole = approving(followed<ProposedRun>(planning(), proposal(chain)), chain, null)
    const deep = followed<ActiveRun>(whole, { type: 'task_skipped', task: 'm' }, { type: 'task_skipped', task: 'b' })
    expect(isSettled(deep.work, 'b')).toBe(false)
    const plain = followed<ActiveRun>(whole, { type: 'task_skipped', task: 'c' })
    expect(isSettled(plain.work, 'c')).toBe(true)
  })
})

describe('the word of an earlier attempt', () => {
  const run = agentsAtWork<ActiveRun>('a')
  const review = ['risky-path'] as never
  const verified = followed<ActiveRun>(
    run,
    ...verifiedBy(run, 'a').map((event) => (event.type === 'task_verified' ? { ...event, review } : event)),
  )
  const verdict = (attempt: number, over: object = {}) =>
    ({
      type: 'task_reviewed',
      task: 'a',
      attempt,
      verdict: 'accepted',
      findings: [],
      reasons: review,
      ...over,
    }) as never

  it('of a review counts for the attempt that was reviewed, once', () => {
    expect(followed<ActiveRun>(verified, verdict(2))).toMatchObject({ work: { tasks: verified.work.tasks } })
    const once = followed<ActiveRun>(verified, verdict(1))
    expect(once.work.tasks).not.toEqual(verified.work.tasks)
    expect(followed<ActiveRun>(once, verdict(1)).work.tasks).toEqual(once.work.tasks)
    expect(recordOf(once.work, 'a').review).toMatchObject({ attempt: 1, verdict: 'accepted' })
  })

  it('says nothing of a task that is not verified', () => {
    const atWork = followed<ActiveRun>(run, ...begun(run, 'a'))
    expect(followed<ActiveRun>(atWork, verdict(1)).work.tasks).toEqual(atWork.work.tasks)
  })
})

describe('a retry', () => {
  it('forgets the failures and the re-plan that was asked for, and keeps notes and heads if it brings none', () => {
    const run = agentsAtWork<ActiveRun>('a')
    const asked = followed<ActiveRun>(run, ...begun(run, 'a'), {
      type: 'task_failed',
      task: 'a',
      attempt: 1,
      head: null,
      failure: { reason: 'program-failed', exitCode: 3, log: '' },
      final: false,
      replan: true,
    })
    expect(recordOf(asked.work, 'a')).toMatchObject({ replanWanted: true, failures: 1 })
    const first = followed<ActiveRun>(asked, { type: 'task_retried', task: 'a', note: 'so', onto: [shaOf('tip')] })
    expect(recordOf(first.work, 'a')).toMatchObject({
      replanWanted: false,
      failures: 0,
      notes: ['so'],
      onto: [shaOf('tip')],
    })
    const second = followed<ActiveRun>(first, { type: 'task_retried', task: 'a', note: '', onto: [] })
    expect(recordOf(second.work, 'a')).toMatchObject({ notes: ['so'], onto: [shaOf('tip')] })
  })
})

describe('money', () => {
  it('is reserved for the attempt at work, and written off for any other', () => {
    const run = agentsAtWork<ActiveRun>('a')
    const reserve = (attempt: number) =>
      ({ type: 'money_reserved', stage: attemptKey('a', attempt), role: 'work', usd: 2 }) as const
    const first = followed<ActiveRun>(run, ...begun(run, 'a'), reserve(1))
    expect(Object.keys(first.ledger.reserved)).toEqual([attemptKey('a', 1)])
    const returned = followed<ActiveRun>(first, { type: 'task_returned', task: 'a', attempt: 1, slot: 'r1.1' })
    expect(Object.keys(returned.ledger.reserved)).toEqual([])
    const second = followed<ActiveRun>(returned, ...begun(returned, 'a'), reserve(1), reserve(2))
    expect(Object.keys(second.ledger.reserved)).toEqual([attemptKey('a', 2)])
  })

  it('is not counted as a try of a stage that had too little, and ends all tries of one that another would not help', () => {
    const run = planning()
    const failing = (over: object) =>
      followed(run, { type: 'stage_failed', stage: 'design#1', why: 'x', ...over }).setbacks
    expect(failing({})).toMatchObject({ design: { tries: 1, short: null } })
    expect(failing({ short: 0.5 })).toMatchObject({ design: { tries: 0, short: 0.5 } })
    expect(failing({ lost: true })).toEqual({})
    expect(failing({ final: true }).design?.tries).toBeGreaterThan(100)
  })

  it.each([
    ['explore', { type: 'explored', explorations: [] }],
    ['design', { type: 'questions_answered', answers: [{ id: 'q', words: 'yes', by: 'ada' }] }],
    ['critique', { type: 'plan_judged', accepted: true, problems: [] }],
    ['synthesis', { type: 'change_described', title: 't', body: 'b', contradictions: [] }],
    ['expand:a', { type: 'task_retried', task: 'a', note: '', onto: [] }],
    ['replan:a', { type: 'task_retried', task: 'a', note: '', onto: [] }],
    ['scope:a', { type: 'task_retried', task: 'a', note: '', onto: [] }],
  ])('tries of the stage %s begin again with its success, and no others', (stage, event) => {
    const other = stage === 'design' ? 'critique' : 'design'
    const [name, task] = stage.split(':')
    const key = task === undefined ? `${name}#1` : `${name}:${task}#1`
    const run = followed(
      agentsAtWork('a'),
      { type: 'stage_failed', stage: key, why: 'x' },
      { type: 'stage_failed', stage: `${other}#1`, why: 'y' },
    )
    expect(Object.keys(run.setbacks).toSorted()).toEqual([other, stage].toSorted())
    expect(Object.keys(followed(run, event as never).setbacks)).toEqual([other])
  })
})

describe('the end of a run', () => {
  const run = agentsAtWork<ActiveRun>('a, b')

  it('is undone only for one that ended with a result', () => {
    const finished = followed(merged(landed(run, 'a', 'b'), 'a', 'b'), { type: 'run_finished', sha: shaOf('trunk b') })
    expect(followed(finished, { type: 'run_reopened' }).phase).toBe('active')
    const cancelled = followed(run, { type: 'run_cancelled', why: '' })
    expect(followed(cancelled, { type: 'run_reopened' }).phase).toBe('ended')
    expect(followed(planning(), { type: 'run_reopened' }).phase).toBe('requested')
  })

  it('cancels what has not ended, keeps the verdict on trunk, and says why', () => {
    const half = landed(run, 'a')
    const ended = followed(half, { type: 'run_cancelled', why: 'enough' })
    expect(ended).toMatchObject({
      why: 'enough',
      work: { tasks: { a: { state: { status: 'landed' } }, b: { state: { status: 'cancelled' } } } },
    })
    const verifying = followed(half, { type: 'verification_queued', on: shaOf('trunk'), attempt: 1 })
    expect(followed(verifying, { type: 'run_cancelled', why: '' })).toMatchObject({ work: { verification: null } })
  })

  it('is not undone by another request for a plan, nor is a run at work', () =>
    expect(
      followed(run, { type: 'plan_requested', key: 'x', run: '42', issue: 42, title: '', body: '', words: '' } as never)
        .phase,
    ).toBe('active'))
})

describe('a resume', () => {
  it('settles that the base has moved, at the tip that was seen', () => {
    const run = agentsAtWork<ActiveRun>('a')
    const moved = followed<ActiveRun>(run, { type: 'base_moved', to: shaOf('new'), paths: ['x'], stale: true })
    const resumed = followed<ActiveRun>(moved, { type: 'run_resumed' })
    expect(resumed.work.baseSeen).toEqual({ sha: shaOf('new'), paths: ['x'], stale: false })
    expect(followed(planning(), { type: 'run_resumed' })).not.toHaveProperty('paused')
  })
})

describe('trunk', () => {
  it('moves with a landed task only', () => {
    const run = agentsAtWork<ActiveRun>('a')
    const moved = { type: 'trunk_moved', task: 'a', sha: shaOf('new') } as const
    expect(followed<ActiveRun>(run, moved).work.trunk).toEqual(run.work.trunk)
    expect(followed<ActiveRun>(landed(run, 'a'), moved).work.trunk.tip).toBe(shaOf('new'))
  })
})
