import { describe, expect, it } from 'vitest'
import {
  decidePullReview,
  type LineComment,
  type PullReview,
  reviewWords,
} from '../../../src/core/command/decide-pull-review.ts'
import type { CommandFacts } from '../../../src/core/command/decision.ts'
import { replayOn } from '../../../src/core/run/evolve.ts'
import { recordOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun, RunState } from '../../../src/core/run/state.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { agentsAtWork } from '../../support/planning.ts'
import { afterwards, asks, begun, failed, landed, running, shaOf, someone, verifiedBy } from '../../support/run.ts'

const settings = settingsSchema.parse({ merge: 'review' })
const waits = () => {
  const run = running('t > u', {}, settings)
  return afterwards(run, ...verifiedBy(run, 't'))
}
const agentAtWork = () => {
  const run = agentsAtWork('t > u')
  return afterwards(run, ...begun(run, 't'))
}

const made = (verdict: PullReview['verdict'], change: Partial<PullReview> = {}): PullReview => ({
  id: 7,
  pull: 9,
  verdict,
  body: 'Not yet.',
  commit: shaOf('t head'),
  submittedAt: '2026-01-01T00:00:00Z',
  ...change,
})
const line = (change: Partial<LineComment> = {}): LineComment => ({
  id: 1,
  first: 1,
  thread: 'PRRT_1',
  path: 'src/a.ts',
  line: 12,
  made: null,
  body: 'use the helper',
  ...change,
})

function reviewed(state: RunState, review: PullReview, lines: LineComment[] = [], about: Partial<CommandFacts> = {}) {
  const { command: _, ...facts } = asks(
    { name: 'help' },
    { key: 'review:7', person: someone('writer', 'write'), settings, ...about },
  )
  return decidePullReview(state, facts, { review, lines, task: 't' })
}
const reasonOf = (decided: ReturnType<typeof reviewed>) =>
  decided === null || decided.ok ? null : decided.error.reason

describe('an approving review', () => {
  it('lands the work at the commit that it was made on, also if that was in the second of its verification', () => {
    expect(reviewed(waits(), made('approved'))).toMatchObject({
      value: {
        events: [{ type: 'task_landed', by: 'writer', key: 'review:7', task: 't' }],
        answer: { code: 'landing-approved' },
      },
    })
  })

  it('lands nothing of another commit, nor of a branch that moved since', () => {
    expect(reasonOf(reviewed(waits(), made('approved', { commit: shaOf('earlier') })))).toBe('work-newer-than-review')
    const branches = new Map([['tributary/42/t', shaOf('sneaked')]])
    expect(reasonOf(reviewed(waits(), made('approved'), [], { branches }))).toBe('work-moved')
  })

  it('needs the right to approve, as the command does', () => {
    const named = settingsSchema.parse({ merge: 'review', approvers: { users: ['ada'] } })
    expect(reasonOf(reviewed(waits(), made('approved'), [], { settings: named }))).toBe('not-an-approver')
    const strict = settingsSchema.parse({ merge: 'review', approvers: { permission: 'admin' } })
    expect(reasonOf(reviewed(waits(), made('approved'), [], { settings: strict }))).toBe('not-permitted')
  })

  it('never approves a plan: before the work begins, nothing follows from it', () => {
    const run = waits()
    const proposed = { ...run, phase: 'proposed' as const }
    expect(reviewed(proposed as unknown as RunState, made('approved'))).toBeNull()
    const part = { ...run, work: { ...run.work, approved: ['t'] } } as ActiveRun
    const decided = reviewed(part, made('approved'))
    expect(decided).toMatchObject({ value: { events: [{ type: 'task_landed' }] } })
  })
})

describe('a review that requests changes', () => {
  const lines = [line(), line({ id: 2, first: 2, thread: 'PRRT_2', line: null, body: 'too long' })]

  it('is another attempt with its words and comments, whose threads that attempt answers', () => {
    const decided = reviewed(waits(), made('changes_requested'), lines)
    const note = 'Not yet.\n\nsrc/a.ts:12: use the helper\n\nsrc/a.ts: too long'
    expect(decided).toMatchObject({
      value: {
        events: [{ type: 'task_retried', note, threads: ['PRRT_1', 'PRRT_2'] }],
        answer: { code: 'retrying', review: { attempt: 2, lines: 2 } },
      },
    })
    if (decided === null || !decided.ok) throw new Error('refused')
    const after = replayOn(waits(), decided.value.events) as ActiveRun
    expect(recordOf(after.work, 't')).toMatchObject({
      state: { status: 'pending' },
      notes: [note],
      threads: ['PRRT_1', 'PRRT_2'],
    })
  })

  it('takes up a task that failed, whatever commit its branch is at', () => {
    const state = failed(running('t > u', {}, settings), 't')
    expect(reviewed(state, made('changes_requested', { commit: shaOf('start') }))).toMatchObject({
      value: { events: [{ type: 'task_retried' }] },
    })
  })

  it('says nothing of newer work, which it cannot have seen', () => {
    const old = made('changes_requested', { commit: shaOf('earlier') })
    expect(reasonOf(reviewed(waits(), old))).toBe('work-newer-than-review')
  })

  it('reaches an agent at work at once', () => {
    expect(reviewed(agentAtWork(), made('changes_requested'), [line()])).toMatchObject({
      value: { events: [{ type: 'task_steered', words: 'Not yet.\n\nsrc/a.ts:12: use the helper' }] },
    })
  })

  it('is refused with a reason if the task has landed', () => {
    expect(reasonOf(reviewed(landed(running('t > u', {}, settings), 't'), made('changes_requested')))).toBe(
      'wrong-task-state',
    )
  })
})

describe('a review that only comments', () => {
  it('reaches an agent at work, and is for people otherwise', () => {
    expect(reviewed(agentAtWork(), made('commented'))).toMatchObject({ value: { answer: { code: 'steered' } } })
    expect(reviewed(waits(), made('commented'), [line()])).toBeNull()
    expect(reviewed(agentAtWork(), made('commented', { body: '' }))).toBeNull()
  })
})

describe('nothing follows', () => {
  it.each([
    ['of outsiders', someone('passer', 'read')],
    ['of bots', { ...someone('github-actions[bot]', 'write'), type: 'Bot' }],
  ])('from reviews %s', (_who, person) => {
    expect(reviewed(waits(), made('approved'), [], { person })).toBeNull()
  })

  it('from a review that was acted on before', () => {
    const decided = reviewed(waits(), made('changes_requested'))
    if (decided === null || !decided.ok) throw new Error('refused')
    expect(reviewed(replayOn(waits(), decided.value.events), made('changes_requested'))).toBeNull()
  })
})

it('bounds what a review says, so that the journal stays small', () => {
  const lines = Array.from({ length: 100 }, (_, id) => line({ id, body: 'x'.repeat(5000) }))
  expect(reviewWords({ body: 'y' }, lines).length).toBeLessThan(20_100)
  expect(reviewWords({ body: '' }, lines.slice(0, 1)).length).toBeLessThan(2100)
})
