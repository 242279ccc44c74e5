import { describe, expect, it } from 'vitest'
import { askersOf, mayApprove } from '../../../src/core/command/authority.ts'
import { decide } from '../../../src/core/command/decide.ts'
import { decidePlan } from '../../../src/core/command/decide-plan.ts'
import type { CommandAnswer, CommandFacts } from '../../../src/core/command/decision.ts'
import type { Command } from '../../../src/core/command/grammar.ts'
import type { Failure } from '../../../src/core/failure.ts'
import { mayLand, whyNoCall } from '../../../src/core/landing/gate.ts'
import { replayOn } from '../../../src/core/run/evolve.ts'
import type { ActiveRun, LiveRun, RunState } from '../../../src/core/run/state.ts'
import { emptyRun } from '../../../src/core/run/state.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { gate } from '../../support/plan.ts'
import { agentPlan, agentsAtWork, agentTask, followed, idOf, planning } from '../../support/planning.ts'
import {
  AT,
  afterwards,
  asks,
  begun,
  failed,
  landed,
  merged,
  proposed,
  queued,
  running,
  shaOf,
  someone,
  verifiedBy,
} from '../../support/run.ts'

const say = (state: RunState, command: Command, about: Partial<CommandFacts> = {}) =>
  decide(state, asks(command, about))
const approve = (more: Partial<Extract<Command, { name: 'approve' }>> = {}): Command => ({
  name: 'approve',
  planId: null,
  task: null,
  only: null,
  ...more,
})
const retry = (task: string): Command => ({ name: 'retry', task, note: '' })
const skip = (task: string): Command => ({ name: 'skip', task })
const cancel = (task: string | null): Command => ({ name: 'cancel', task, why: 'enough' })
const refused = (error: Failure) => ({ ok: false, error })
/** The answer, and nothing that happens. */
const answered = (answer: CommandAnswer) => ({ ok: true, value: { events: [], answer } })
const done = (answer: CommandAnswer, ...types: string[]) => ({
  ok: true,
  value: { events: types.map((type) => expect.objectContaining({ type, by: 'admin', key: 'comment:7' })), answer },
})

describe('one of several named approvers', () => {
  const settings = settingsSchema.parse({ approvers: { users: ['alice', 'bob'] } })
  it.each(['alice', 'bob', 'Bob'])('may approve alone: %s', (login) => {
    expect(mayApprove(someone(login), settings, ['asker']).ok).toBe(true)
  })
})

describe('what walks round an approval', () => {
  const settings = settingsSchema.parse({ approvers: { users: ['alice'], second_person: true } })
  const by = (login: string) => ({ settings, person: someone(login) })
  const reason = (state: RunState, command: Command, login: string) => {
    const said = say(state, command, by(login))
    return said.ok ? said.value.answer.code : said.error.reason
  }
  const gated = running('a > g > b > c', { tasks: { g: gate } })

  it('is for approvers: to skip a gate', () => {
    expect(['bob', 'alice'].map((login) => reason(gated, skip('g'), login))).toEqual(['not-an-approver', 'skipped'])
    expect(reason(gated, skip('b'), 'bob')).toBe('skipped')
  })
  it('is for a second person: to skip a gate of a plan that one asked for', () => {
    const two = settingsSchema.parse({ approvers: { second_person: true } })
    expect(say(gated, skip('g'), { settings: two, person: someone('asker') })).toMatchObject({
      error: { reason: 'second-person-needed' },
    })
  })
  it('is for a second person: to approve a version that one asked for, and what another changed alone', () => {
    const two = settingsSchema.parse({ approvers: { second_person: true } })
    const revised = (...by: string[]) =>
      by.reduce<LiveRun>(
        (state, login) => replayOn(state, [{ type: 'revision_requested', at: AT, by: login, words: 'x' }]) as LiveRun,
        planning(),
      )
    const may = (state: LiveRun, login: string) => mayApprove(someone(login), two, askersOf(state)).ok
    expect(['asker', 'ann', 'ben'].map((login) => may(revised('ann'), login))).toEqual([false, false, true])
    expect(['asker', 'Ann', 'ben'].map((login) => may(revised('ann', 'asker'), login))).toEqual([false, true, true])
  })
  it('is for a second person: what a revision asks for, which its author cannot consent to alone', () => {
    const two = settingsSchema.parse({ approvers: { second_person: true } })
    const revise = { name: 'revise', words: 'smaller' } as const
    const asked = (settings: typeof two) => say(planning(), revise, { settings, person: someone('ann') })
    expect(asked(two)).toMatchObject({ value: { events: [{ mayApprove: false }] } })
    expect(asked(settingsSchema.parse({}))).toMatchObject({ value: { events: [{ mayApprove: true }] } })
  })
  it('is for approvers: to skip a task outside of the approved part', () => {
    const state = proposed('a > b, c')
    const part = followed<ActiveRun>(state, { type: 'plan_approved', planId: state.work.planId, only: ['c'] })
    expect(['a', 'c'].map((task) => reason(part, skip(task), 'bob'))).toEqual(['not-an-approver', 'skipped'])
    expect(reason(part, skip('z'), 'bob')).toBe('unknown-task')
  })
  it('is for approvers: to resume on a base that has moved in paths of the plan', () => {
    const paused = followed(gated, { type: 'run_paused', why: 'x' })
    const stale = followed(paused, { type: 'base_moved', to: shaOf('new'), paths: ['a/x'], stale: true })
    expect([paused, stale].map((state) => reason(state, { name: 'resume' }, 'bob'))).toEqual([
      'resumed',
      'not-an-approver',
    ])
    expect(reason(stale, { name: 'resume' }, 'alice')).toBe('resumed')
  })
  it('is for people: what an App writes in their name approves nothing', () => {
    const person = { ...someone('admin'), viaApp: 'some-app' }
    const error = { reason: 'app-may-not-approve', actor: 'admin', app: 'some-app' } as const
    for (const command of [
      approve(),
      { name: 'reject', why: '' },
      { name: 'plan-off' },
      { name: 'budget', usd: 9 },
    ] as const)
      expect(say(proposed('a'), command, { person })).toEqual(refused(error))
    expect(say(gated, skip('g'), { person })).toEqual(refused(error))
    const dear: Extract<Command, { name: 'plan' }> = {
      name: 'plan',
      mode: null,
      budget: 999,
      maxTasks: null,
      base: null,
      paths: [],
      words: '',
    }
    const issue = { title: 'An issue', body: '', isPull: false }
    const latest = { run: null, state: emptyRun, count: 0, issue: 42 }
    expect(decidePlan(latest, asks<'plan'>(dear, { person }), issue)).toEqual(refused(error))
    expect(decidePlan(latest, asks<'plan'>({ ...dear, budget: null }, { person }), issue).ok).toBe(true)
    expect(say(gated, { name: 'pause' }, { person })).toMatchObject({ value: { answer: { code: 'paused' } } })
  })
})

describe('a run that a command cannot change', () => {
  const live = running('a > b')
  const ended = afterwards(live, { type: 'run_cancelled', at: AT, by: 'admin', why: '' })

  it('is not there yet', () => {
    expect(say(emptyRun, retry('a'))).toEqual(refused({ reason: 'no-run', issue: 42 }))
  })
  it('has ended', () => {
    const error = { reason: 'run-ended', run: '42', conclusion: 'cancelled' } as const
    for (const command of [approve(), retry('a'), { name: 'resume' }, { name: 'budget', usd: 99 }] as const)
      expect(say(ended, command)).toEqual(refused(error))
  })
  it('was changed by this comment before', () => {
    const [key] = live.seen
    const detail = 'This comment was acted on before.'
    expect(say(live, { name: 'pause' }, { key })).toEqual(answered({ code: 'already-done', run: '42', detail }))
  })
  it('is at work when another plan is asked for', () => {
    const again: Command = { name: 'plan', mode: null, budget: null, maxTasks: null, base: null, paths: [], words: '' }
    expect(say(live, again)).toEqual(refused({ reason: 'run-is-live', run: '42', phase: 'active' }))
  })
})

describe('an approval of a part', () => {
  const state = proposed('a > b, c > d, e')
  const part = (only: string[] | null) => ({ run: '42', planId: state.work.planId, only, running: false })

  it('adds what the part needs, and nothing that others need', () => {
    expect(say(state, approve({ only: ['d', 'e'] }))).toEqual(
      done({ code: 'approved', ...part(['c', 'd', 'e']), added: ['c'] }, 'plan_approved'),
    )
  })
  it('adds nothing to the whole', () => {
    expect(say(state, approve())).toEqual(done({ code: 'approved', ...part(null), added: [] }, 'plan_approved'))
  })
  it('counts if any of it is new', () => {
    const some = followed<ActiveRun>(state, { type: 'plan_approved', planId: state.work.planId, only: ['e'] })
    expect(say(some, approve({ only: ['e', 'd'] }))).toEqual(
      done({ code: 'approved', ...part(['c', 'd', 'e']), added: ['c'], running: true }, 'plan_approved'),
    )
    const detail = 'This was approved before.'
    expect(say(some, approve({ only: ['e'] }))).toEqual(answered({ code: 'already-done', run: '42', detail }))
  })
  it('writes down that the base has moved elsewhere', () => {
    const drift = { to: shaOf('new'), paths: [], settingsChanged: false }
    expect(say(state, approve(), { drift })).toMatchObject({
      value: { events: [{}, { type: 'base_moved', to: shaOf('new'), paths: [], stale: false, by: 'admin' }] },
    })
  })
})

describe('an approval of a task', () => {
  const start = running('a > g', { tasks: { g: gate } })

  it('comes too early before the plan has passed', () => {
    const error = { reason: 'nothing-to-approve', run: '42', phase: 'proposed' } as const
    expect(say(proposed('a'), approve({ task: 'a' }))).toEqual(refused(error))
  })
  it('opens a gate, or lands what is verified', () => {
    const reached = landed(start, 'a')
    const waiting = afterwards(reached, ...queued(reached, 'g'))
    expect(say(waiting, approve({ task: 'g' }))).toEqual(
      done({ code: 'gate-approved', run: '42', task: 'g' }, 'gate_approved'),
    )
    const verified = afterwards(start, ...verifiedBy(start, 'a'))
    expect(say(verified, approve({ task: 'a' }))).toEqual(
      done({ code: 'landing-approved', run: '42', task: 'a' }, 'task_landed'),
    )
  })
  it('changes nothing once it has landed', () => {
    const answer = { code: 'already-done', run: '42', detail: '`a` has landed.' } as const
    expect(say(landed(start, 'a'), approve({ task: 'a' }))).toEqual(answered(answer))
  })
  it('counts for the work that the comment can have seen, to the second, and at the commit of its branch', () => {
    const late = running('a', {}, settingsSchema.parse({ merge: 'review' }))
    const verified = afterwards(late, ...verifiedBy(late, 'a'))
    const head = shaOf('a head')
    const newer = { reason: 'work-newer-than-comment', task: 'a', head } as const
    const said = (about: Partial<CommandFacts>) => say(verified, approve({ task: 'a' }), about)
    expect(said({ commentedAt: '2026-01-01T00:00:01.000Z' })).toMatchObject({ ok: true })
    expect(said({ commentedAt: AT })).toEqual(refused(newer))
    expect(said({ commentedAt: '2025-12-31T23:59:59.000Z' })).toEqual(refused(newer))
    const branch = 'tributary/42/a'
    expect(said({ branches: new Map([[branch, head]]) })).toMatchObject({ ok: true })
    const [moved, tip] = ['work-moved', shaOf('by hand')] as const
    expect(said({ branches: new Map([[branch, tip]]) })).toEqual(
      refused({ reason: moved, task: 'a', branch, head, tip }),
    )
  })
  it('says what a gate waits for, and what a task waits for', () => {
    const error = { reason: 'wrong-task-state', status: 'pending' } as const
    expect([say(start, approve({ task: 'g' })), say(start, approve({ task: 'a' }))]).toEqual([
      refused({ ...error, task: 'g', detail: 'It can be approved once everything it needs has landed.' }),
      refused({ ...error, task: 'a', detail: 'It can be approved once its work is verified.' }),
    ])
  })
})

describe('/retry of what is not a task', () => {
  const [run, code] = ['42', 'verifying-again'] as const
  const verification = retry('verification')
  it('runs a failed verification again, in a run at work', () => {
    const early = { reason: 'wrong-phase', run, phase: 'proposed' } as const
    const detail = 'Only the verification of a run at work can be run again.'
    expect(say(proposed('a'), verification)).toEqual(refused({ ...early, detail }))
    const none = 'Its verification has not failed; it runs by itself when all tasks are in trunk.'
    expect(say(running('a'), verification)).toEqual(
      refused({ reason: 'wrong-phase', run, phase: 'active', detail: none }),
    )
    const failure = { reason: 'program-failed', exitCode: 1, log: '' } as const
    const broken = followed(
      merged(landed(running('a'), 'a'), 'a'),
      { type: 'verification_queued', on: shaOf('trunk a'), attempt: 1 },
      { type: 'verification_failed', on: shaOf('trunk a'), attempt: 1, failure },
    )
    expect(say(broken, verification)).toEqual(done({ code, run }, 'verification_retried'))
  })
  it('is of a task that plans of earlier versions call so', () => {
    expect(say(running('verification'), verification)).toMatchObject({ error: { reason: 'wrong-task-state' } })
  })
  it('takes up a finished run whose trunk people have moved, and no other', () => {
    const end = merged(landed(running('a'), 'a'), 'a')
    const finished = followed(end, { type: 'run_finished', sha: shaOf('trunk a') })
    const trunk = (tip: string) => ({ branches: new Map([['tributary/42/trunk', tip]]) })
    expect(say(finished, verification, trunk(shaOf('by hand')))).toEqual(
      done({ code, run, moved: true }, 'run_reopened'),
    )
    const why = (detail: string) => refused({ reason: 'wrong-phase', run, phase: 'ended', detail })
    const passed = 'Its verification passed on all that trunk has.'
    expect(say(finished, verification, trunk(shaOf('trunk a')))).toEqual(why(passed))
    expect(say(finished, verification)).toEqual(why('Its trunk was deleted.'))
  })
})

describe('a command on a task', () => {
  const state = running('a > b, c')
  const wrong = (task: string, status: string, detail: string) =>
    refused({ reason: 'wrong-task-state', task, status, detail })

  it('comes too early before the plan has passed', () => {
    const error = { reason: 'wrong-phase', run: '42', phase: 'proposed', detail: 'Its tasks start with `/approve`.' }
    for (const command of [retry('a'), skip('a'), cancel('a')])
      expect(say(proposed('a'), command)).toEqual(refused(error as Failure))
  })
  it('names a task of the plan', () => {
    expect(say(state, skip('z'))).toEqual(refused({ reason: 'unknown-task', task: 'z', tasks: ['a', 'b', 'c'] }))
    expect(say(state, skip('a'))).toEqual(done({ code: 'skipped', run: '42', task: 'a' }, 'task_skipped'))
    expect(say(failed(state, 'a'), retry('a'))).toEqual(
      done({ code: 'retrying', run: '42', task: 'a' }, 'task_retried'),
    )
  })
  it('cancels a task that has neither landed nor been skipped', () => {
    const atWork = afterwards(state, ...begun(state, 'a'))
    expect(say(atWork, cancel('a'))).toEqual(done({ code: 'task-cancelled', run: '42', task: 'a' }, 'task_cancelled'))
    expect(say(landed(state, 'a'), cancel('a'))).toEqual(wrong('a', 'landed', 'What has landed stays.'))
    const skipped = followed(state, { type: 'task_skipped', task: 'a' })
    expect(say(skipped, cancel('a'))).toEqual(wrong('a', 'skipped', 'What has landed stays.'))
  })
  it('changes nothing the second time', () => {
    const again = (detail: string) => answered({ code: 'already-done', run: '42', detail })
    expect(say(followed(state, { type: 'task_skipped', task: 'a' }), skip('a'))).toEqual(again('`a` is skipped.'))
    expect(say(followed(state, { type: 'task_cancelled', task: 'a' }), cancel('a'))).toEqual(again('`a` is cancelled.'))
  })
  it('skips nothing that is at work or has landed, and says why', () => {
    const atWork = afterwards(state, ...begun(state, 'a'))
    expect(say(atWork, skip('a'))).toEqual(wrong('a', 'in_progress', 'It is at work; `/cancel a` stops it first.'))
    expect(say(landed(state, 'a'), skip('a'))).toEqual(wrong('a', 'landed', 'What has landed stays.'))
  })
  it('retries nothing that has still to start', () => {
    const detail =
      'Only a task that failed, was cancelled or skipped, waits for a review, or broke the verification can be tried again.'
    expect(say(state, retry('a'))).toEqual(wrong('a', 'pending', detail))
  })
  it('puts on top of trunk only what trunk holds: a skipped task starts from its needs', () => {
    const all = merged(landed(followed<ActiveRun>(state, { type: 'task_skipped', task: 'c' }), 'a', 'b'), 'a', 'b')
    const on = all.work.trunk.tip
    const broken = followed(all, {
      type: 'verification_failed',
      on,
      attempt: 1,
      failure: { reason: 'verification-failed', on, exitCode: 1, log: '' },
    })
    expect(say(broken, retry('b'))).toMatchObject({ value: { events: [{ onto: [on] }] } })
    expect(say(broken, retry('c'))).toMatchObject({ value: { events: [{ onto: [] }] } })
  })
  it('says what stands in the place of a task that was turned into tasks', () => {
    const plan = agentPlan('p > x', { tasks: { p: { kind: 'plan' } } })
    const grew = { type: 'plan_amended', cause: 'expand', of: 'p', plan, planId: idOf(plan), within: true } as const
    const grown = followed(agentsAtWork('p', { tasks: { p: { kind: 'plan' } } }), { ...grew, notes: [] })
    const detail = 'It was turned into tasks, which stand in its place: name one of those.'
    for (const command of [retry('p'), skip('p'), cancel('p')])
      expect(say(grown, command)).toEqual(wrong('p', 'expanded', detail))
  })
})

describe('a command on the whole run', () => {
  const state = running('a > b')
  const atWork = afterwards(state, ...begun(state, 'a'))
  const paused = followed(state, { type: 'run_paused', why: 'by @admin' })

  it('pauses it, and names who did and what is at work', () => {
    const answer = { code: 'paused', run: '42', running: ['a'] } as const
    expect(say(atWork, { name: 'pause' })).toEqual(done(answer, 'run_paused'))
    expect(say(atWork, { name: 'pause' })).toMatchObject({ value: { events: [{ why: 'by @admin' }] } })
  })
  it('lets it go on', () => {
    expect(say(paused, { name: 'resume' })).toEqual(done({ code: 'resumed', run: '42' }, 'run_resumed'))
  })
  it('changes nothing the second time', () => {
    const again = (detail: string) => answered({ code: 'already-done', run: '42', detail })
    expect(say(paused, { name: 'pause' })).toEqual(again('The run is paused.'))
    expect(say(state, { name: 'resume' })).toEqual(again('The run is not paused.'))
  })
  it('does not go on while a branch stands where others moved it', () => {
    const [branch, sha] = ['tributary/42/a', shaOf('by hand')] as const
    const moved = [{ branch, sha, author: 'Ann' }]
    const held = followed(state, { type: 'run_paused', why: 'a branch moved', moved } as never)
    const at = (tip: string) => say(held, { name: 'resume' }, { branches: new Map([[branch, tip]]) })
    expect(at(sha)).toMatchObject(refused({ reason: 'branches-moved', run: '42', moved } as never))
    expect(at(shaOf('put back'))).toEqual(done({ code: 'resumed', run: '42' }, 'run_resumed'))
  })
  it('neither pauses nor resumes what has not begun', () => {
    const error = { reason: 'wrong-phase', run: '42', phase: 'proposed' } as const
    const detail = ['Only a run at work can be paused.', 'Only a paused run can be resumed.'] as const
    expect(say(proposed('a'), { name: 'pause' })).toEqual(refused({ ...error, detail: detail[0] }))
    expect(say(proposed('a'), { name: 'resume' })).toEqual(refused({ ...error, detail: detail[1] }))
  })
  it('ends it at any time, and names what has landed', () => {
    for (const [now, landed] of [
      [planning(), []],
      [proposed('a'), []],
    ] as [LiveRun, string[]][])
      expect(say(now, cancel(null))).toEqual(done({ code: 'cancelled', run: '42', landed }, 'run_cancelled'))
    expect(say(landed(state, 'a'), cancel(null))).toEqual(
      done({ code: 'cancelled', run: '42', landed: ['a'] }, 'run_cancelled'),
    )
  })
  it('rejects no plan that has passed, and says what stops it', () => {
    const detail = 'The plan is approved already; `/cancel` stops the run.'
    expect(say(state, { name: 'reject', why: '' })).toEqual(
      refused({ reason: 'wrong-phase', run: '42', phase: 'active', detail }),
    )
  })
})

describe('/plan', () => {
  type Plan = Extract<Command, { name: 'plan' }>
  const bare: Plan = { name: 'plan', mode: null, budget: null, maxTasks: null, base: null, paths: [], words: '' }
  const issue = { title: 'An issue', body: '', isPull: false }
  const ask = (more: Partial<Plan> = {}, about = issue, state: RunState = emptyRun, key = 'comment:7') =>
    decidePlan({ run: '42', state, count: 0, issue: 42 }, asks<'plan'>({ ...bare, ...more }, { key }), about)

  it('begins a run, and answers with its name', () => {
    const answer = { code: 'plan-requested', run: '42' }
    expect(ask()).toMatchObject({ value: { fresh: true, events: [{ type: 'plan_requested', run: '42' }], answer } })
    const again = { run: '42', fresh: false, events: [], answer }
    expect(ask({}, issue, proposed('a'), 'comment:1')).toEqual({ ok: true, value: again })
  })
  it('is refused on a pull request', () => {
    expect(ask({}, { ...issue, isPull: true })).toEqual(
      refused({
        reason: 'bad-arguments',
        command: 'plan',
        detail: 'A plan is made for an issue, not on a pull request.',
        usage: 'Comment `/plan` on issue #42.',
      }),
    )
  })
  it.each([{ mode: 'strict' }, { budget: 5 }, { maxTasks: 7 }, { paths: ['src/**'] }, { base: 'release' }] as const)(
    'keeps a single option, and nothing beside it: %j',
    (option) => {
      const none = { mode: null, budget: null, maxTasks: null, paths: [] }
      const asked = ask(option as Partial<Plan>)
      const [event] = asked.ok ? asked.value.events : []
      expect(event?.type === 'plan_requested' && event.options).toEqual({ ...none, ...option })
    },
  )
  it('names no options if there are none, and whether the asker could approve the plan', () => {
    const requested = (settings = settingsSchema.parse({})) => {
      const asked = decidePlan(
        { run: null, state: emptyRun, count: 0, issue: 42 },
        asks<'plan'>(bare, { settings }),
        issue,
      )
      return asked.ok ? asked.value.events[0] : null
    }
    expect(requested()).not.toHaveProperty('options')
    expect(requested()).toMatchObject({ mayApprove: true })
    expect(requested(settingsSchema.parse({ approvers: { second_person: true } }))).toMatchObject({ mayApprove: false })
    expect(requested(settingsSchema.parse({ approvers: { users: ['ada'] } }))).toMatchObject({ mayApprove: false })
  })
})

describe('while the tasks of a plan come one by one', () => {
  const open = (mode: 'soft' | 'off') =>
    followed<ActiveRun>(
      planning(mode),
      { type: 'plan_begun', plan: { ...agentPlan('a'), tasks: [] }, planId: 'a'.repeat(64), trunk: shaOf('trunk') },
      { type: 'task_planned', planned: agentTask('a'), notes: [] },
    )

  it('a run without a gate lands them as they come, and no other does', () => {
    expect([mayLand(open('off').work, 'a'), mayLand(open('soft').work, 'a')]).toEqual([true, false])
  })
  it('the gate can be switched off, and nothing has to start for that', () => {
    expect(say(open('soft'), { name: 'plan-off' })).toEqual(
      done({ code: 'gate-off', run: '42', started: false, to: null }, 'gate_switched_off'),
    )
  })
  it('or before the first has come', () => {
    expect(say(planning(), { name: 'plan-off' })).toEqual(
      done({ code: 'gate-off', run: '42', started: false, to: null }, 'gate_switched_off'),
    )
    const answer = { code: 'already-done', run: '42', detail: 'The gate of the plan is off.' } as const
    expect(say(planning('off'), { name: 'plan-off' })).toEqual(answered(answer))
  })
  it('no tool may be called for a task that is not there', () => {
    expect(whyNoCall(open('off'), { task: 'z', attempt: 1, slot: 'r1.1' })).toBe('z, attempt 1, is not at work in r1.1')
  })
  it('no plan is there to be revised before its planning begins', () => {
    const state = { ...planning(), planning: null } as LiveRun
    const detail = 'Its planning begins in a moment.'
    expect(say(state, { name: 'revise', words: '' })).toEqual(refused({ reason: 'plan-not-ready', run: '42', detail }))
  })
})
