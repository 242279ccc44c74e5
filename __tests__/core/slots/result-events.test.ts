import { describe, expect, it } from 'vitest'
import { replayOn } from '../../../src/core/run/evolve.ts'
import { recordOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { defaultSettings, settingsSchema } from '../../../src/core/settings.ts'
import {
  type InspectedResult,
  isAwaited,
  verdictEvents,
  workResultEvents,
} from '../../../src/core/slots/result-events.ts'
import type { AttemptOutcome, ResultFile } from '../../../src/core/slots/slot-result.ts'
import { agentsAtWork, followed } from '../../support/planning.ts'
import { AT, afterwards, begun, landed, merged, report, running, shaOf } from '../../support/run.ts'

const workflowRun = 7
const slots = { type: 'slots_requested', at: AT, by: 'tributary', request: 'r1', count: 2, workflowRun } as const
const atWork = (state = running('a, b')) => afterwards(state, slots, ...begun(state, 'a'))
const file = (outcome: AttemptOutcome, task = 'a'): ResultFile => ({
  version: 1,
  run: '42',
  task,
  attempt: 1,
  base: shaOf('base'),
  outcome,
  slot: 'r1.1',
  startedAt: AT,
  endedAt: AT,
})
const [head, tree] = [shaOf('head'), shaOf('tree')]
const landable: InspectedResult = {
  verdict: 'landable',
  head,
  tree,
  file: file({ kind: 'done', head, tree, report }),
}
const attempt = { task: 'a', attempt: 1 }
const failed = (exitCode: number): InspectedResult => ({
  verdict: 'failed',
  head,
  failure: { reason: 'acceptance-failed', exitCode, log: '' },
  report,
})

describe('a result that is awaited', () => {
  it('is that of the attempt in progress, of this run', () => {
    const { run } = atWork()
    expect(isAwaited(atWork(), { run, workflowRun, ...attempt })).toBe(true)
    expect(isAwaited(atWork(), { run, workflowRun, task: 'a', attempt: 2 })).toBe(false)
    expect(isAwaited(atWork(), { run: '7', workflowRun, ...attempt })).toBe(false)
    expect(isAwaited(running('a, b'), { run, workflowRun, ...attempt })).toBe(false)
  })

  it('comes from the workflow run of the slot that has the attempt', () => {
    const { run } = atWork()
    const other = { ...slots, request: 'r2', workflowRun: 8 }
    expect(isAwaited(afterwards(atWork(), other), { run, workflowRun: 8, ...attempt })).toBe(false)
    const unknown = afterwards(running('a'), ...begun(running('a'), 'a'))
    expect(isAwaited(unknown, { run, workflowRun, ...attempt })).toBe(false)
  })

  it('is not a verification unless one is in progress', () => {
    const { run } = atWork()
    expect(isAwaited(atWork(), { run, workflowRun, task: 'verify', attempt: 1 })).toBe(false)
    expect(isAwaited(verifying(), { run, workflowRun, task: 'verify', attempt: 1 })).toBe(true)
    expect(isAwaited(verifying(), { run, workflowRun, task: 'verify', attempt: 2 })).toBe(false)
  })
})

describe('a task’s result', () => {
  it('says when the slot began, which counts if it lies in the time that the slot had the attempt', () => {
    const run = atWork()
    const given = recordOf(run.work, 'a').attempts.at(-1)?.startedAt
    const startedAt = (begun: string) => {
      const done = { type: 'task_verified', by: 'tributary', ...attempt, head, tree, report, begun } as const
      const after = replayOn(run, [{ ...done, at: '2030-01-01T00:10:00.000Z' }])
      return after.phase === 'active' && recordOf(after.work, 'a').attempts.at(-1)?.startedAt
    }
    expect(startedAt('2030-01-01T00:05:00.000Z')).toBe('2030-01-01T00:05:00.000Z')
    expect(startedAt('2001-01-01T00:00:00.000Z')).toBe(given)
    expect(startedAt('2031-01-01T00:00:00.000Z')).toBe(given)
  })
  it('lands with `merge: auto`, and only waits verified with `merge: review`', () => {
    const verified = { type: 'task_verified', ...attempt, head, tree, report, begun: landable.file.startedAt }
    expect(workResultEvents(atWork().work, attempt, landable, true)).toEqual([
      verified,
      { type: 'task_landed', ...attempt },
    ])
    const review = atWork(running('a, b', {}, { ...defaultSettings, merge: 'review' }))
    expect(workResultEvents(review.work, attempt, landable, true)).toEqual([verified])
  })

  it('waits for its review before it lands, if the settings want one, but not if it changed nothing', () => {
    const settings = settingsSchema.parse({ review: 'all' })
    const open = agentsAtWork<ActiveRun>('a, b', {}, settings)
    const { work } = afterwards(open, slots, ...begun(open, 'a'))
    expect(workResultEvents(work, attempt, landable, true)).toMatchObject([{ type: 'task_verified', review: ['all'] }])
    const { state } = recordOf(work, 'a')
    const base = state.status === 'in_progress' ? state.base : ''
    const nothing: InspectedResult = { ...landable, head: base, file: file({ kind: 'done', head: base, tree, report }) }
    const events = workResultEvents(work, attempt, nothing, true)
    expect(events.map(({ type }) => type)).toEqual(['task_verified', 'task_landed'])
    expect(events[0]).not.toHaveProperty('review')
  })

  it('does not land if its task is not approved, however good it is, and keeps its cost', () => {
    const work = { ...atWork().work, approved: ['b'] }
    expect(workResultEvents(work, attempt, landable, true)).toEqual([
      expect.objectContaining({ type: 'task_failed', head: null, final: true, report }),
    ])
  })

  it('fails with its head and cost, and is final after the second failure of a program', () => {
    const [first] = workResultEvents(atWork().work, attempt, failed(1), true)
    expect(first).toEqual({
      type: 'task_failed',
      ...attempt,
      head,
      failure: { reason: 'acceptance-failed', exitCode: 1, log: '' },
      final: false,
      report,
    })
    const again = followed<ActiveRun>(
      atWork(),
      { type: 'task_failed', ...attempt, head, failure: { reason: 'no-change' }, final: false },
      { type: 'task_queued', task: 'a', attempt: 2, base: shaOf('base') },
      { type: 'task_started', task: 'a', attempt: 2, slot: 'r1.1' },
    )
    const [second] = workResultEvents(again.work, { task: 'a', attempt: 2 }, failed(2), true)
    expect(second).toMatchObject({ type: 'task_failed', final: true })
  })

  it('changes nothing if the task is not in progress', () => {
    expect(workResultEvents(running('a, b').work, attempt, landable, true)).toEqual([])
    expect(verdictEvents(running('a, b').work, 1, landable)).toEqual([])
  })
})

const tip = shaOf('trunk a')
const verifying = () =>
  followed<ActiveRun>(
    merged(landed(running('a'), 'a'), 'a'),
    slots,
    { type: 'verification_queued', on: tip, attempt: 1 },
    { type: 'verification_started', on: tip, attempt: 1, slot: 'r1.1' },
  )

describe('a verification', () => {
  const verdict = (outcome: AttemptOutcome) =>
    verdictEvents(verifying().work, 1, { verdict: 'verification', file: file(outcome, 'verify') })

  it('passes on the commit that was to be verified, and on no other', () => {
    expect(verdict({ kind: 'verified', on: tip, report })).toEqual([
      { type: 'verification_passed', on: tip, attempt: 1, report },
    ])
    expect(verdict({ kind: 'verified', on: shaOf('other'), report })).toMatchObject([
      { type: 'verification_failed', failure: { reason: 'result-unreadable' } },
    ])
  })

  it('fails for the reason that the slot or the inspection gave', () => {
    const failure = { reason: 'verification-failed', on: tip, exitCode: 3, log: '' } as const
    expect(verdict({ kind: 'verification-failed', on: tip, failure, report })).toMatchObject([{ failure }])
    expect(verdictEvents(verifying().work, 1, failed(1))).toMatchObject([{ failure: { reason: 'acceptance-failed' } }])
  })
})
