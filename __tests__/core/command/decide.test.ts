import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/core/command/decide.ts'
import { decidePlan } from '../../../src/core/command/decide-plan.ts'
import type { CommandFacts } from '../../../src/core/command/decision.ts'
import type { Command } from '../../../src/core/command/grammar.ts'
import { replayOn } from '../../../src/core/run/evolve.ts'
import { emptyRun, type RunState } from '../../../src/core/run/state.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { gate } from '../../support/plan.ts'
import {
  afterwards,
  asks,
  begun,
  failed,
  landed,
  merged,
  proposed,
  running,
  someone,
  verifiedBy,
} from '../../support/run.ts'

const approve = (more: Partial<Extract<Command, { name: 'approve' }>> = {}): Command => ({
  name: 'approve',
  planId: null,
  task: null,
  only: null,
  ...more,
})
const say = (state: RunState, command: Command, about: Partial<CommandFacts> = {}) =>
  decide(state, asks(command, about))
const reasonOf = (decided: ReturnType<typeof decide>) => (decided.ok ? decided.value.answer.code : decided.error.reason)
const typesOf = (decided: ReturnType<typeof decide>) =>
  decided.ok ? decided.value.events.map((event) => event.type) : []

describe('who may', () => {
  const state = proposed('a > b')
  it.each([
    ['reader', 'read', 'User', 'not-permitted'],
    ['triager', 'triage', 'User', 'not-permitted'],
    ['outsider', 'none', 'User', 'not-permitted'],
    ['github-actions[bot]', 'admin', 'Bot', 'bots-may-not'],
    ['an-app', 'write', 'Bot', 'bots-may-not'],
    ['a-firm', 'admin', 'Organization', 'bots-may-not'],
    ['a-kind-to-come', 'admin', 'Agent', 'bots-may-not'],
    ['of-no-kind', 'admin', '', 'bots-may-not'],
    ['somebody[bot]', 'admin', 'User', 'approved'],
    ['writer', 'write', 'User', 'approved'],
  ] as const)('%s with %s (%s) is answered %s', (login, role, type, reason) => {
    expect(reasonOf(say(state, approve(), { person: someone(login, role, type) }))).toBe(reason)
  })

  it('asks for the named approvers only', () => {
    const settings = settingsSchema.parse({ approvers: { users: ['Alice'] } })
    expect(reasonOf(say(state, approve(), { settings }))).toBe('not-an-approver')
    expect(reasonOf(say(state, approve(), { settings, person: someone('alice') }))).toBe('approved')
  })

  it('asks for a second person where the settings say so', () => {
    const settings = settingsSchema.parse({ approvers: { second_person: true } })
    expect(reasonOf(say(state, approve(), { settings, person: someone('asker') }))).toBe('second-person-needed')
    expect(reasonOf(say(state, approve(), { settings, person: someone('other') }))).toBe('approved')
  })

  it('lets everybody read the status and the help', () => {
    const person = someone('outsider', 'none')
    expect(reasonOf(say(state, { name: 'status' }, { person }))).toBe('status')
    expect(reasonOf(say(emptyRun, { name: 'help' }, { person }))).toBe('help')
  })
})

describe('/approve', () => {
  const state = proposed('a > b, c')
  const { planId } = state.work

  it('starts what it names', () => {
    expect(typesOf(say(state, approve({ planId: planId.slice(0, 12) })))).toEqual(['plan_approved'])
  })

  it('refuses another plan, and names the latest', () => {
    expect(say(state, approve({ planId: '0123456789ab' }))).toMatchObject({
      ok: false,
      error: { reason: 'plan-outdated', latest: planId },
    })
  })

  it('counts bare only for a plan that was there when the comment was written', () => {
    expect(reasonOf(say(state, approve(), { commentedAt: state.work.proposedAt }))).toBe('plan-newer-than-comment')
    const sameSecond = state.work.proposedAt.replace(/\.\d+Z$/, 'Z')
    expect(reasonOf(say(state, approve(), { commentedAt: sameSecond }))).toBe('plan-newer-than-comment')
    expect(reasonOf(say(state, approve(), { commentedAt: '2026-01-01T00:00:01Z' }))).toBe('approved')
    expect(reasonOf(say(state, approve({ planId }), { commentedAt: state.work.proposedAt }))).toBe('approved')
  })

  it('changes nothing the second time', () => {
    const again = say(running('a > b'), approve())
    expect([reasonOf(again), typesOf(again)]).toEqual(['already-done', []])
  })

  it('does nothing for a comment that was acted on', () => {
    const taken = say(state, approve())
    if (!taken.ok) throw new Error('refused')
    const next = replayOn(state, taken.value.events)
    expect(typesOf(say(next, approve()))).toEqual([])
  })

  it('refuses where the base moved in a path of the plan', () => {
    const drift = { to: 'f'.repeat(40), paths: ['a/x'], settingsChanged: false }
    expect(say(state, approve(), { drift })).toMatchObject({
      ok: false,
      error: { reason: 'plan-stale', paths: ['a/x'] },
    })
  })

  it('goes on and says so where the base moved elsewhere', () => {
    const drift = { to: 'f'.repeat(40), paths: [], settingsChanged: false }
    const decided = say(state, approve(), { drift })
    expect([reasonOf(decided), typesOf(decided)]).toEqual(['approved-base-moved', ['plan_approved', 'base_moved']])
  })

  it('refuses where the settings changed', () => {
    const drift = { to: 'f'.repeat(40), paths: [], settingsChanged: true }
    expect(reasonOf(say(state, approve(), { drift }))).toBe('plan-stale')
  })

  it('takes a part with everything that the part needs', () => {
    const decided = say(state, approve({ only: ['b'] }))
    expect(decided).toMatchObject({ ok: true, value: { answer: { only: ['a', 'b'], added: ['a'] } } })
  })

  it('adds a part to a part, and the whole in the end', () => {
    const part = say(state, approve({ only: ['b'] }))
    if (!part.ok) throw new Error('refused')
    const some = replayOn(state, part.value.events)
    expect(typesOf(say(some, approve({ only: ['a'] }), { key: 'comment:8' }))).toEqual([])
    const rest = say(some, approve(), { key: 'comment:9' })
    if (!rest.ok) throw new Error('refused')
    expect(replayOn(some, rest.value.events)).toMatchObject({ work: { approved: null } })
  })

  it('names the tasks there are when one is unknown', () => {
    expect(say(state, approve({ only: ['z'] }))).toMatchObject({
      error: { reason: 'unknown-task', task: 'z', tasks: ['a', 'b', 'c'] },
    })
  })

  it('opens a gate that waits, and no other task', () => {
    const begin = running('a > g > b', { tasks: { g: gate } })
    expect(reasonOf(say(begin, approve({ task: 'g' })))).toBe('wrong-task-state')
    const waiting = afterwards(landed(begin, 'a'), {
      type: 'task_queued',
      at: '2026-01-01T00:00:00.000Z',
      by: 'tributary',
      task: 'g',
      attempt: 1,
      base: 'a'.repeat(40),
    })
    expect(typesOf(say(waiting, approve({ task: 'g' })))).toEqual(['gate_approved'])
  })

  it('lands a verified task on its worker pull request', () => {
    const state = running('a > b')
    const verified = afterwards(state, ...verifiedBy(state, 'a'))
    expect(typesOf(say(verified, approve(), { threadTask: 'a' }))).toEqual(['task_landed'])
    expect(reasonOf(say(state, approve(), { threadTask: 'a' }))).toBe('wrong-task-state')
  })
})

describe('/plan', () => {
  const issue = { title: 'An issue', body: 'text', isPull: false }
  const plan: Extract<Command, { name: 'plan' }> = {
    name: 'plan',
    mode: null,
    budget: null,
    maxTasks: null,
    base: null,
    paths: [],
    words: 'please',
  }
  const latest = (state: RunState, count: number) => ({
    run: state.phase === 'empty' ? null : '42',
    state,
    count,
    issue: 42,
  })

  it('freezes the issue with the comment', () => {
    const decided = decidePlan(latest(emptyRun, 0), asks<'plan'>(plan), issue)
    expect(decided).toMatchObject({
      ok: true,
      value: { run: '42', fresh: true, events: [{ title: 'An issue', body: 'text', words: 'please' }] },
    })
  })

  it('refuses while a run is live', () => {
    expect(decidePlan(latest(proposed('a'), 1), asks<'plan'>(plan), issue)).toMatchObject({
      error: { reason: 'run-is-live', phase: 'proposed' },
    })
  })

  it('makes a second run when the first has ended', () => {
    const ended = afterwards(proposed('a') as RunState as never, {
      type: 'plan_rejected',
      at: '2026-01-01T00:00:00.000Z',
      by: 'x',
      why: '',
    })
    expect(decidePlan(latest(ended, 1), asks<'plan'>(plan), issue)).toMatchObject({
      value: { run: '42-2', fresh: true },
    })
  })

  it('answers a comment delivered twice with the run that it made', () => {
    expect(decidePlan(latest(proposed('a'), 1), asks<'plan'>(plan, { key: 'comment:1' }), issue)).toMatchObject({
      value: { fresh: false, events: [] },
    })
  })

  it('is for those who may', () => {
    expect(
      decidePlan(latest(emptyRun, 0), asks<'plan'>(plan, { person: someone('reader', 'read') }), issue),
    ).toMatchObject({ error: { reason: 'not-permitted' } })
  })
})

describe('commands on tasks', () => {
  const state = running('a > b, c')
  it('retries what failed, with a note', () => {
    expect(say(failed(state, 'a'), { name: 'retry', task: 'a', note: 'look at x' })).toMatchObject({
      value: { events: [{ note: 'look at x', onto: [] }] },
    })
    expect(reasonOf(say(state, { name: 'retry', task: 'a', note: '' }))).toBe('wrong-task-state')
  })
  it('sends back what waits for a review, and not what has landed', () => {
    const waiting = afterwards(state, ...verifiedBy(state, 'a'))
    expect(say(waiting, { name: 'retry', task: 'a', note: 'smaller' })).toMatchObject({
      value: { events: [{ type: 'task_retried', note: 'smaller', onto: [] }] },
    })
    expect(reasonOf(say(landed(state, 'a'), { name: 'retry', task: 'a', note: '' }))).toBe('wrong-task-state')
  })
  it('retries a landed task that broke the verification on top of trunk', () => {
    const all = merged(landed(state, 'a', 'c', 'b'), 'a', 'b', 'c')
    const broken = afterwards(all, {
      type: 'verification_failed',
      at: '2026-01-01T00:00:00.000Z',
      by: 'tributary',
      on: all.work.trunk.tip,
      attempt: 1,
      failure: { reason: 'verification-failed', on: all.work.trunk.tip, exitCode: 1, log: '' },
    })
    expect(say(broken, { name: 'retry', task: 'b', note: '' })).toMatchObject({
      value: { events: [{ onto: [all.work.trunk.tip] }] },
    })
  })
  it('skips what has not started, never what is at work or has landed', () => {
    expect(typesOf(say(state, { name: 'skip', task: 'a' }))).toEqual(['task_skipped'])
    expect(reasonOf(say(afterwards(state, ...begun(state, 'a')), { name: 'skip', task: 'a' }))).toBe('wrong-task-state')
    expect(reasonOf(say(landed(state, 'a'), { name: 'skip', task: 'a' }))).toBe('wrong-task-state')
  })
  it('cancels one task or the whole run', () => {
    expect(typesOf(say(afterwards(state, ...begun(state, 'a')), { name: 'cancel', task: 'a', why: '' }))).toEqual([
      'task_cancelled',
    ])
    expect(say(landed(state, 'a'), { name: 'cancel', task: null, why: 'enough' })).toMatchObject({
      value: { answer: { code: 'cancelled', landed: ['a'] } },
    })
  })
  it('pauses once and resumes once', () => {
    const paused = afterwards(state, {
      type: 'run_paused',
      at: '2026-01-01T00:00:00.000Z',
      by: 'admin',
      why: 'by @admin',
    })
    expect([typesOf(say(state, { name: 'pause' })), typesOf(say(paused, { name: 'pause' }))]).toEqual([
      ['run_paused'],
      [],
    ])
    expect([typesOf(say(paused, { name: 'resume' })), typesOf(say(state, { name: 'resume' }))]).toEqual([
      ['run_resumed'],
      [],
    ])
  })
  it('rejects a proposed plan, not a run at work', () => {
    expect(typesOf(say(proposed('a'), { name: 'reject', why: 'no' }))).toEqual(['plan_rejected'])
    expect(reasonOf(say(state, { name: 'reject', why: 'no' }))).toBe('wrong-phase')
  })
})
