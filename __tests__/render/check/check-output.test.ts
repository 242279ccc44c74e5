import { describe, expect, it } from 'vitest'
import type { Report } from '../../../src/core/run/report.ts'
import { checksFor } from '../../../src/render/check/check-output.ts'
import type { CheckOutput } from '../../../src/render/check/check-state.ts'
import { runChecksFor } from '../../../src/render/check/run-check.ts'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { gate, planOf } from '../../support/plan.ts'
import {
  approved,
  done,
  example,
  failed,
  huge,
  landed,
  passed,
  planned,
  projected,
  proposed,
  queued,
  requested,
  sha,
  started,
  type TimedEvent,
  verified,
  verifiedByAgent,
} from '../support/runs.ts'

const plan = planOf('a > c, b > d, g > d', { tasks: { g: gate } })
const begun = [requested(), proposed(plan), approved()] as const
const at = (seconds: number) => new Date(Date.parse('2026-11-21T10:00:00Z') + seconds * 1000).toISOString()

/** Commit, status or conclusion, and title of a check. */
const brief = ({ sha: on, state, title }: CheckOutput) => [
  on,
  'conclusion' in state ? state.conclusion : state.status,
  title,
]
const completed = (conclusion: string, startedAt: string | null, completedAt: string) => ({
  status: 'completed',
  conclusion,
  startedAt,
  completedAt,
})

describe('the check of a task', () => {
  it('is written once, with the result, on the commit that was handed over', () => {
    expect(checksFor(planned(...begun), 'a')).toEqual([])
    expect(checksFor(planned(...begun, queued('a')), 'a')).toEqual([])
    expect(checksFor(planned(...begun, queued('a'), started('a')), 'a')).toEqual([])
    expect(checksFor(planned(...begun, ...done('a')), 'a')).toMatchObject([
      { name: 'tributary / a — Task a', sha: sha('a-1-head'), externalId: '42/a/1' },
    ])
  })

  it('is a success when the task has landed, on the head alone, with brief, output and facts', () => {
    const run = planned(requested(), proposed(example), approved(), ...done('types'))
    const [only, ...others] = checksFor(run, 'types')
    expect(others).toEqual([])
    expect(only?.sha).toBe(sha('types-1-head'))
    expect(only?.state).toEqual(completed('success', at(4), at(10)))
    expect(only?.summary).toBe(
      [
        '- Writes: `src/money.ts`',
        '- Command: `node scripts/apply.mjs "A type for amounts"`',
        '- Acceptance: `npm test`',
        '',
        'Issue #42, run `42`.',
      ].join('\n'),
    )
    expect(only?.text).toBe(
      [
        '### Output',
        '',
        '```text',
        'ok',
        '```',
        '',
        '### Attempt',
        '',
        '- Attempt 1 in slot `r1.1`, queued at 2026-11-21 10:00:03 UTC, started at 2026-11-21 10:00:04 UTC, work time 5 s',
        '- Command 2 s, acceptance 3.2 s, sandbox: bubblewrap 0.8.0',
        `- Built on \`${sha('types-1').slice(0, 8)}\`, handed over \`${sha('types-1-head').slice(0, 8)}\``,
        '- Cost: none (no model)',
      ].join('\n'),
    )
  })

  it('counts the requests that the proxy of the sandbox refused, and names the hosts as nothing but text', () => {
    const refusedHosts = [
      { host: 'evil.example', why: 'not-listed' as const, requests: 3 },
      { host: '`@alice` #1', why: 'malformed' as const, requests: 1 },
    ]
    const events = [approved(), queued('a'), started('a')] as const
    const shown = (report: Partial<Report>) =>
      checksFor(planned(requested(), proposed(plan), ...events, verifiedByAgent('a', report), landed('a')), 'a')[0]
        ?.text
    expect(shown({})).not.toContain('Network')
    expect(shown({ refusedHosts })).toContain('- Network: 4 requests refused, to `evil.example`, `` `@alice` #1 ``')
  })

  it('asks for a person where a verified task waits for a review, and is not there yet where it lands by itself', () => {
    const events = [approved(), queued('a'), started('a'), verified('a')] as const
    const review = checksFor(planned(requested(), proposed(plan, { merge: 'review' }), ...events), 'a')
    expect(review.map(brief)).toEqual([[sha('a-1-head'), 'action_required', 'Verified: waits for a review']])
    expect(checksFor(planned(requested(), proposed(plan), ...events), 'a')).toEqual([])
  })

  it('asks for a person at a gate, and is a success when it is open', () => {
    const waiting = [...begun, queued('g')] as const
    expect(checksFor(planned(...waiting), 'g').map(brief)).toEqual([
      [sha('g-1'), 'action_required', 'A gate: waits for a person'],
    ])
    const open = planned(...waiting, { type: 'gate_approved', by: 'bob', task: 'g' })
    expect(checksFor(open, 'g').map(brief)).toEqual([[sha('g-1'), 'success', 'Approved']])
  })

  it('fails with its reason, and says what to type only where nobody tries again by himself', () => {
    const log = 'one\n\u001b[31mred\u001b[0m\n```\nend'
    const again = [
      ...begun,
      queued('a'),
      started('a'),
      failed('a', { reason: 'acceptance-failed', exitCode: 3, log }, false),
    ] as const
    const [first] = checksFor(planned(...again), 'a')
    expect(first && brief(first)).toEqual([sha('a-1'), 'failure', 'Failed: its acceptance ended with exit code 3'])
    expect(first?.summary).toContain('Its acceptance ended with exit code 3.')
    expect(first?.summary).toContain('<sub>`acceptance-failed`</sub>')
    expect(first?.summary).not.toContain('/retry')
    expect(first?.text).toContain('````text\none\nred\n```\nend\n````')
    const final = planned(
      ...again,
      queued('a', 2),
      started('a', 'r1.1', 2),
      failed('a', { reason: 'no-change' }, true, 2),
    )
    const checks = checksFor(final, 'a')
    expect(checks.map(({ sha: on }) => on)).toEqual([sha('a-1'), sha('a-2-head')])
    expect(checks[0]?.summary).not.toContain('/retry')
    expect(checks[1]?.summary).toContain('Type `/retry a -- note` to try again, or `/skip a` to go on without it.')
  })

  it('has the conclusion that fits every other end of an attempt', () => {
    const atWork = [...begun, queued('a'), started('a')] as const
    const conclusion = (...events: TimedEvent[]) => checksFor(planned(...events), 'a').map(brief)[0]
    expect(conclusion(...atWork, failed('a', { reason: 'timed-out', minutes: 5, log: '' }))).toEqual([
      sha('a-1-head'),
      'timed_out',
      'Timed out',
    ])
    expect(conclusion(...atWork, { type: 'task_cancelled', by: 'bob', task: 'a' })).toEqual([
      sha('a-1'),
      'cancelled',
      'Cancelled',
    ])
    expect(conclusion(...begun, queued('a'), { type: 'task_skipped', by: 'bob', task: 'a' })).toEqual([
      sha('a-1'),
      'skipped',
      'Skipped',
    ])
    expect(conclusion(...atWork, { type: 'run_cancelled', by: 'bob', why: '' })).toEqual([
      sha('a-1'),
      'cancelled',
      'Cancelled',
    ])
  })

  it('is not written for an attempt that another one follows, says so where it stands already, and where none follows', () => {
    const conclusion = (...events: TimedEvent[]) => checksFor(planned(...events), 'a').map(brief)[0]
    const atWork = [...begun, queued('a'), started('a')] as const
    const lost = [...atWork, { type: 'task_returned', task: 'a', attempt: 1, slot: 'r1.1' }] as const
    expect(conclusion(...lost)).toBeUndefined()
    expect(conclusion(...lost, { type: 'run_cancelled', by: 'bob', why: '' })).toEqual([
      sha('a-1'),
      'neutral',
      'Its slot was lost; the task is given out again',
    ])
    const shown = projected([`check:a@${sha('a-1-head')}`, 9])
    const conflict: TimedEvent = {
      type: 'task_conflicted',
      task: 'a',
      with: ['b'],
      paths: ['x'],
      onto: [],
      final: false,
    }
    expect(conclusion(...atWork, verified('a'), landed('a'), conflict)).toBeUndefined()
    expect(conclusion(...atWork, verified('a'), landed('a'), shown, conflict)).toEqual([
      sha('a-1-head'),
      'neutral',
      'In conflict with what landed before',
    ])
    const retried: TimedEvent = { type: 'task_retried', by: 'bob', task: 'a', note: '', onto: [] }
    expect(conclusion(...begun, ...done('a'), shown, retried, queued('a', 2))).toEqual([
      sha('a-1-head'),
      'neutral',
      'Verified, and retried later',
    ])
    expect(conclusion(...begun, ...done('a'), shown, retried)).toEqual([
      sha('a-1-head'),
      'neutral',
      'Verified, and retried',
    ])
  })

  it('is on trunk for a task that never began in a run that has ended', () => {
    const run = planned(
      ...begun,
      queued('b'),
      started('b'),
      failed('b', { reason: 'no-change' }),
      { type: 'task_skipped', by: 'bob', task: 'c' },
      { type: 'run_finished', sha: sha('x') },
    )
    expect(checksFor(run, 'd').map(brief)).toEqual([[sha('trunk'), 'skipped', 'Blocked: never started']])
    expect(checksFor(run, 'c').map(brief)).toEqual([[sha('trunk'), 'skipped', 'Skipped']])
    const cancelled = planned(...begun, { type: 'run_cancelled', by: 'bob', why: '' })
    expect(checksFor(cancelled, 'd').map(brief)).toEqual([[sha('trunk'), 'cancelled', 'Cancelled']])
    expect(checksFor(planned(requested(), proposed(plan), { type: 'plan_rejected', by: 'b', why: '' }), 'd')).toEqual(
      [],
    )
  })

  it('never starts after its end, which GitHub refuses', () => {
    const run = planned(...begun, queued('a'), [-30, started('a')], [-30, verified('a')], landed('a'))
    const [check] = checksFor(run, 'a')
    expect(check?.state).toEqual(completed('success', at(-56), at(-56)))
  })

  it('leads to the log of its job, names failing lines of files, and shows the end of a long output', () => {
    const log = [
      'x'.repeat(5_000),
      'Error: 1 is not 2',
      '    at test (src/a.test.ts:7:3)',
      '    at run (node_modules/x/y.js:1:1)',
      'src/b.ts(3,1): error TS1: no',
      'the end',
    ].join('\n')
    const slots: TimedEvent = { type: 'slots_requested', request: 'r1', count: 1, workflowRun: 77 }
    const run = planned(
      ...begun,
      slots,
      queued('a'),
      started('a'),
      failed('a', { reason: 'acceptance-failed', exitCode: 1, log }),
    )
    const check = checksFor(run, 'a').at(-1)
    expect(check?.workflowRun).toBe(77)
    expect(check?.annotations).toEqual([
      { path: 'src/a.test.ts', line: 7, message: 'Error: 1 is not 2\nat test (src/a.test.ts:7:3)' },
      { path: 'src/b.ts', line: 3, message: 'src/b.ts(3,1): error TS1: no' },
    ])
    expect(check?.text).toContain('the end\n```')
    expect(byteLength(check?.text ?? '')).toBeLessThan(5_000)
  })

  it('never goes over the limits, whatever the task and its output are like', () => {
    const long = huge(1)
    for (const log of ['x'.repeat(300_000), 'ü\n'.repeat(100_000), '\u0000'.repeat(90_000), '`'.repeat(50_000)]) {
      const events = [requested(), proposed(long), approved(), queued('t0'), started('t0')] as const
      const paths = Array(500).fill(`${'|'.repeat(4000)}`)
      for (const end of [
        verified('t0', 1, log),
        failed('t0', { reason: 'program-failed', exitCode: 1, log }),
        failed('t0', { reason: 'outside-paths', paths }),
      ])
        for (const check of checksFor(planned(...events, end), 't0')) {
          expect(byteLength(check.summary)).toBeLessThanOrEqual(LIMITS.check)
          expect(byteLength(check.text)).toBeLessThanOrEqual(LIMITS.check)
          expect([...check.name].length).toBeLessThanOrEqual(100)
        }
    }
  })
})

describe('the check of the run', () => {
  const verification = { type: 'verification_queued', on: sha('merge-d'), attempt: 1 } as const
  const assembled = [
    ...begun,
    ...done('a'),
    ...done('b'),
    ...done('c'),
    queued('g'),
    { type: 'gate_approved', by: 'bob', task: 'g' },
    ...done('d'),
  ] as const

  it('is on the newest commit of trunk once there is a verdict, and costs no write before', () => {
    expect(runChecksFor(planned(...begun))).toEqual([])
    expect(runChecksFor(planned(...begun, ...done('a')))).toEqual([])
    expect(runChecksFor(planned(...assembled, verification))).toEqual([])
    const shown = projected([`check:run@${sha('merge-d')}`, 9])
    expect(runChecksFor(planned(...assembled, verification, shown)).map(brief)).toEqual([
      [sha('merge-d'), 'in_progress', 'Running'],
    ])
  })

  it('ends as the run ends', () => {
    const good = [
      ...assembled,
      verification,
      passed(1, sha('merge-d')),
      { type: 'run_finished', sha: sha('merge-d') },
    ] as const
    const [tip, ...more] = runChecksFor(planned(...good))
    expect(tip && brief(tip)).toEqual([sha('merge-d'), 'success', 'Done'])
    expect(more).toEqual([])
    expect(tip?.text).toContain('The verification passed in 13 s.')
    expect(tip?.text).toContain('```text\n9 passed\n```')
    const bad = {
      type: 'verification_failed',
      on: sha('merge-d'),
      attempt: 1,
      failure: { reason: 'verification-failed', on: sha('merge-d'), exitCode: 1, log: 'boom' },
    } as const
    const [broken] = runChecksFor(planned(...assembled, verification, bad, { type: 'culprit_found', task: 'b' }))
    expect(broken && brief(broken)).toEqual([sha('merge-d'), 'failure', 'Verification failed'])
    expect(broken?.summary).toContain('It has failed since `b` was merged.')
    expect(broken?.text).toContain('boom')
    const cancelled = runChecksFor(planned(...begun, ...done('a'), { type: 'run_cancelled', by: 'bob', why: '' }))
    expect(cancelled.map(brief)).toEqual([[sha('merge-a'), 'cancelled', 'Cancelled']])
  })

  it('leads to the job of a failed verification, and names the failing lines on the commit that failed', () => {
    const log = 'Error: 1 is not 2\n    at test (src/a.test.ts:7:3)'
    const fails = (on: string, attempt: number): TimedEvent[] => [
      { type: 'verification_queued', on, attempt },
      { type: 'verification_started', on, attempt, slot: 'r1.1', job: 900 + attempt },
      {
        type: 'verification_failed',
        on,
        attempt,
        failure: { reason: 'verification-failed', on, exitCode: 1, log },
      },
    ]
    const slots: TimedEvent = { type: 'slots_requested', request: 'r1', count: 1, workflowRun: 77 }
    const annotations = [{ path: 'src/a.test.ts', line: 7, message: 'Error: 1 is not 2\nat test (src/a.test.ts:7:3)' }]
    const shown = (...events: TimedEvent[]) =>
      runChecksFor(planned(...begun, slots, ...assembled.slice(begun.length), ...events)).map(
        ({ sha: on, workflowRun, job, annotations: lines }) => ({ on, workflowRun, job, lines }),
      )
    const job = (number: number) => ({ workflowRun: 77, job: number })
    expect(shown(...fails(sha('merge-d'), 1), { type: 'culprit_found', task: 'd' })).toEqual([
      { on: sha('merge-d'), ...job(901), lines: annotations },
    ])
    const search = [...fails(sha('merge-d'), 1), ...fails(sha('merge-b'), 2)]
    expect(shown(...search, { type: 'culprit_found', task: 'b' })).toEqual([
      { on: sha('merge-d'), ...job(902), lines: undefined },
      { on: sha('merge-b'), ...job(902), lines: annotations },
    ])
  })

  it('asks for a person when only a person can go on, and fails when something has failed', () => {
    const [gated] = runChecksFor(
      planned(requested(), proposed(planOf('g', { tasks: { g: gate } })), approved(), queued('g')),
    )
    expect(gated && brief(gated)).toEqual([sha('trunk'), 'action_required', 'Waiting for a person'])
    expect(gated?.summary).toContain('- `/approve g` opens the gate `g`.')
    const one = [requested(), proposed(planOf('a')), approved(), queued('a'), started('a')] as const
    const [stopped] = runChecksFor(planned(...one, failed('a', { reason: 'no-change' })))
    expect(stopped && brief(stopped)).toEqual([sha('trunk'), 'failure', 'Stopped'])
  })

  it('keeps the verdict on a commit from which the run works on', () => {
    const failure = { reason: 'verification-failed', on: sha('merge-d'), exitCode: 1, log: 'boom' } as const
    const run = planned(
      ...assembled,
      verification,
      { type: 'verification_failed', on: sha('merge-d'), attempt: 1, failure },
      { type: 'culprit_found', task: 'd' },
      projected([`check:run@${sha('merge-d')}`, 9]),
      { type: 'task_retried', by: 'bob', task: 'd', note: '', onto: [sha('merge-d')] },
    )
    expect(runChecksFor(run)).toEqual([])
  })

  it('is closed where trunk went on before a verdict', () => {
    const run = planned(
      ...assembled,
      verification,
      projected([`check:run@${sha('merge-d')}`, 9]),
      { type: 'task_retried', by: 'bob', task: 'd', note: '', onto: [] },
      ...done('d', 'r1.1', 5, 2),
      { type: 'trunk_moved', task: 'd', sha: sha('merge-d-2') },
    )
    expect(runChecksFor(run).map(brief)).toContainEqual([sha('merge-d'), 'neutral', 'Trunk went on'])
    const stopped = planned(...begun, projected([`check:run@${sha('trunk')}`, 9]), ...done('a'))
    expect(runChecksFor(stopped).map(brief)).toEqual([[sha('trunk'), 'neutral', 'Trunk went on']])
  })

  it('never goes over the limits', () => {
    const ids = Array.from({ length: 400 }, (_, index) => `t${index}${'x'.repeat(36)}`)
    const failures = ids.flatMap((id) => [
      queued(id),
      started(id),
      failed(id, { reason: 'outside-paths', paths: Array(9).fill('|'.repeat(900)) }),
    ])
    const checks = runChecksFor(planned(requested(), proposed(planOf(ids.join(', '))), approved(), ...failures))
    for (const { summary, text } of checks) {
      expect(byteLength(summary)).toBeLessThanOrEqual(LIMITS.check)
      expect(byteLength(text)).toBeLessThanOrEqual(LIMITS.check)
    }
    expect(checks[0]?.summary).toContain('more lines of this kind')
  })
})
