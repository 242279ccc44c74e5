import { describe, expect, it } from 'vitest'
import type { LiveRun } from '../../../src/core/run/state.ts'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { renderStatus } from '../../../src/render/status/status-comment.ts'
import { gate, planOf } from '../../support/plan.ts'
import { allNodes, parse, visibleText } from '../support/markdown.ts'
import {
  approved,
  done,
  failed,
  landed,
  live,
  merged,
  passed,
  proposed,
  queued,
  requested,
  sha,
  projected as shownAs,
  started,
  verified,
} from '../support/runs.ts'

const title = (run: LiveRun): string => renderStatus(run).split('\n')[1] ?? ''
const steps = (run: LiveRun): string[] =>
  renderStatus(run).split('\n**What you can do now**\n\n')[1]?.split('\n\n')[0]?.split('\n') ?? []
/** A line break within a cell as ` / `. */
const rows = (run: LiveRun): string[][] =>
  allNodes(parse(renderStatus(run).replaceAll('<br>', ' / '))).flatMap((node) =>
    node.type === 'tableRow' ? [node.children.map(visibleText)] : [],
  )

const plan = planOf('a > c, b > d, g > d', { tasks: { g: gate } })
const begun = [requested(), proposed(plan), approved()] as const
const allDone = [
  ...begun,
  ...done('a'),
  ...done('b'),
  ...done('c'),
  queued('g'),
  { type: 'gate_approved', by: 'bob', task: 'g' },
  ...done('d'),
] as const
const verifying = [
  ...allDone,
  { type: 'verification_queued', on: sha('merge-d'), attempt: 1 },
  { type: 'verification_started', on: sha('merge-d'), attempt: 1, slot: 'r1.2' },
] as const
const broken = (on = sha('merge-d')) =>
  ({
    type: 'verification_failed',
    on,
    attempt: 1,
    failure: { reason: 'verification-failed', on, exitCode: 1, log: 'x' },
  }) as const

describe('a run at work', () => {
  const run = live(
    ...begun,
    queued('a'),
    queued('b'),
    queued('g'),
    started('a', 'r1.1'),
    started('b', 'r1.2'),
    shownAs(['pull:trunk', 50], ['pull:a', 51], ['pull:b', 52]),
    [4, verified('a')],
    landed('a'),
    merged('a'),
    queued('c'),
  )

  it('says in its headline how far it is', () => {
    expect(title(run)).toBe('## Running: 1 of 5 tasks landed, 1 at work, 1 queued, 1 waiting for a person, 1 to come')
  })

  it('says of each task how it stands, where, and why', () => {
    expect(rows(run)).toEqual([
      ['Task', 'Status'],
      ['a Task a', 'landed · 6 s · #51'],
      ['c Task c', 'queued · tributary/42/c'],
      ['b Task b', 'at work · since 10:00:07 · #52'],
      ['g Task g', 'waits for a person. A gate. Type /approve g.'],
      ['d Task d', 'waits for b, g'],
    ])
  })

  it('links the check of a gate, which is approved and not landed', () => {
    const open = live(...allDone, shownAs([`check:g@${sha('g-1')}`, 9002]))
    expect(rows(open).find(([task]) => task === 'g Task g')).toEqual(['g Task g', 'approved · check'])
  })

  it('names the exact words to type', () => {
    expect(steps(run)).toEqual([
      '- `/approve g` opens the gate `g`.',
      '- `/pause` stops new tasks from starting; `/cancel` stops the run.',
    ])
  })

  it('begins with its marker', () => expect(renderStatus(run).split('\n')[0]).toBe('<!-- tributary:status:42 -->'))

  it('says the same of the same state', () => expect(renderStatus(structuredClone(run))).toBe(renderStatus(run)))
})

describe('what went wrong', () => {
  it('is named with its reason, what it blocks, and what to type', () => {
    const run = live(
      ...begun,
      ...done('a'),
      queued('b'),
      started('b'),
      failed('b', { reason: 'outside-paths', paths: ['x|y.ts'] }),
      queued('g'),
      ...done('c'),
    )
    expect(title(run)).toBe('## Waiting for a person: 2 of 5 tasks landed, 1 waiting for a person, 1 failed, 1 blocked')
    expect(rows(run).slice(3)).toEqual([
      ['b Task b', 'failed. It wrote outside its paths: x|y.ts. / 1 s · tributary/42/b'],
      ['g Task g', 'waits for a person. A gate. Type /approve g.'],
      ['d Task d', 'blocked. It needs b.'],
    ])
    expect(steps(run)).toContain(
      '- `/retry b -- note` retries `b`; `/skip b` goes on without it. Its work is kept on `tributary/42/b`.',
    )
  })

  it('shows the first failing lines of an acceptance, with links to the check and to the log of the job', () => {
    const log = `${'✔ fine\n'.repeat(50)}✖ sums\n  AssertionError: 1 == 2\n${'✔ fine\n'.repeat(50)}`
    const run = live(
      ...begun,
      { type: 'slots_requested', request: 'r1', count: 4, workflowRun: 811 },
      queued('a'),
      started('a', 'r1.2'),
      failed('a', { reason: 'acceptance-failed', exitCode: 1, log }),
      shownAs([`check:a@${sha('a-1-head')}`, 9001]),
    )
    expect(renderStatus(run)).toContain(
      '`a` failed: its acceptance ended with exit code 1 ([check](../runs/9001), [log](../actions/runs/811)):\n\n```text\n✖ sums\n  AssertionError: 1 == 2\n✔ fine',
    )
    expect(rows(run)[1]?.[1]).toMatch(/ \/ 1 s · tributary\/42\/a · check · log$/)
  })

  it('shows the first failing lines of a verification', () => {
    const failure = { ...broken().failure, log: `${'✔ fine\n'.repeat(9)}✖ the whole\n  Error: no` }
    const text = renderStatus(live(...verifying, { ...broken(), failure }))
    expect(text).toContain('ended with exit code 1.\n\n```text\n✖ the whole\n  Error: no\n```')
  })

  it('is remembered while the next attempt goes on', () => {
    const retried = live(
      ...begun,
      queued('a'),
      started('a'),
      failed('a', { reason: 'acceptance-failed', exitCode: 2, log: '' }, false),
      queued('b'),
      started('b'),
      { type: 'task_returned', task: 'b', attempt: 1, slot: 'r1.1' },
      queued('b', 2),
    )
    expect(rows(retried)[1]?.[1]).toBe(
      'waits to start. Attempt 1: its acceptance ended with exit code 2. / 1 s · tributary/42/a',
    )
    expect(rows(retried)[3]?.[1]).toBe('queued. Attempt 1 lost its slot. / attempt 2 · tributary/42/b')
  })

  it('is a conflict with both tasks and the files named', () => {
    const run = live(...begun, ...done('a'), queued('b'), started('b'), verified('b'), landed('b'), {
      type: 'task_conflicted',
      task: 'b',
      with: ['a'],
      paths: ['src/x.ts'],
      onto: [sha('merge-a')],
      final: false,
    })
    expect(rows(run)[3]?.[1]).toBe(
      'waits to start. Attempt 1: it is in conflict with a in src/x.ts. / 1 s · tributary/42/b',
    )
  })
})

describe('a run that waits', () => {
  const waiting: [string, LiveRun, string, string][] = [
    ['for its plan', live(requested()), '## Planning', '- `/reject` ends it. You do not have to do anything else.'],
    [
      'for a review',
      live(
        requested(),
        proposed(planOf('a'), { merge: 'review' }),
        approved(),
        queued('a'),
        started('a'),
        verified('a'),
      ),
      '## Waiting for a person: 0 of 1 task landed, 1 waiting for a person',
      '- `/approve a` lands `a`, which is verified. On its pull request `/approve` is enough.',
    ],
    [
      'after a pause',
      live(...begun, queued('a'), { type: 'run_paused', by: 'bob', why: '' }),
      '## Paused: 0 of 5 tasks landed, 1 queued, 4 to come',
      '- `/resume` continues; `/cancel` stops the run.',
    ],
    [
      'since the base moved',
      live(
        ...begun,
        { type: 'base_moved', to: sha('new'), paths: ['a/x.ts'], stale: true },
        { type: 'run_paused', why: 'it moved' },
      ),
      '## Stopped: 0 of 5 tasks landed, 5 to come',
      '- `/resume` continues on the old base although `main` moved (`a/x.ts`); `/cancel` stops the run, and `/plan` makes a plan on the new base.',
    ],
    [
      'for the rest to be approved',
      live(requested(), proposed(planOf('a, b')), approved(['a']), ...done('a')),
      '## Waiting for a person: 1 of 2 tasks landed, 1 not approved',
      `- \`/approve ${(live(requested(), proposed(planOf('a, b'))) as { work?: { planId: string } }).work?.planId.slice(0, 12)}\` approves the rest too: \`b\`.`,
    ],
    [
      'for the task that broke the verification',
      live(...verifying, broken(), { type: 'culprit_found', task: 'c' }),
      '## Verification failed: 5 of 5 tasks landed',
      '- `/retry c -- note` works on `c` again, on top of trunk; the verification follows.',
    ],
    [
      'for a base that passes',
      live(...verifying, broken(), { type: 'culprit_found', task: null }),
      '## Verification failed: 5 of 5 tasks landed',
      '- The base must be fixed first: `/cancel`, then `/plan` on a base that passes. `/retry verification` runs it again on the same trunk.',
    ],
    [
      'for a verification that can be run, though a task is suspected',
      live(
        ...verifying,
        broken(),
        { type: 'culprit_found', task: 'c' },
        { type: 'verification_queued', on: sha('merge-d'), attempt: 2 },
        { type: 'verification_started', on: sha('merge-d'), attempt: 2, slot: 'r1.2' },
        {
          type: 'verification_failed',
          on: sha('merge-d'),
          attempt: 2,
          failure: { reason: 'sandbox-unavailable', detail: 'no bubblewrap' },
        },
      ),
      '## Verification failed: 5 of 5 tasks landed',
      '- `/retry verification` runs it again on the same trunk. `/cancel` stops the run.',
    ],
  ]
  it.each(waiting)('%s says so, and what to type', (_why, run, headline, step) => {
    expect(title(run)).toBe(headline)
    expect(steps(run)).toContain(step)
  })
})

describe('the end', () => {
  const success = [
    ...verifying,
    [12, passed(1, sha('merge-d'))] as const,
    { type: 'run_finished', sha: sha('merge-d') },
  ] as const
  const endings: [string, LiveRun, string, string][] = [
    [
      'success',
      live(...success, shownAs(['pull:trunk', 50])),
      '## Done: 5 of 5 tasks landed',
      'What landed is on `tributary/42/trunk`, and the verification passed.',
    ],
    [
      'a merge',
      live(...success, shownAs(['pull:trunk', 50]), { type: 'run_closed', by: 'bob', merged: true }),
      '## Merged: 5 of 5 tasks landed',
      'The final pull request #50 was merged. The branches of the run are gone; the journal stays.',
    ],
    [
      'a close',
      live(...begun, { type: 'run_closed', by: 'bob', merged: false }),
      '## Closed: 0 of 5 tasks landed, 5 cancelled',
      'The final pull request was closed without a merge. The branches of the tasks are gone; the journal stays.',
    ],
    [
      'a cancel',
      live(...begun, ...done('a'), { type: 'run_cancelled', by: 'bob', why: 'too @slow' }),
      '## Cancelled: 1 of 5 tasks landed, 4 cancelled',
      'The run was stopped. Reason given: too @&#8203;slow. Branches with work in them stay, and so does trunk with what was merged.',
    ],
    [
      'a cancel before anything landed',
      live(...begun, { type: 'run_cancelled', by: 'bob', why: '' }),
      '## Cancelled: 0 of 5 tasks landed, 5 cancelled',
      'The run was stopped. Branches with work in them stay.',
    ],
    [
      'a rejection',
      live(requested(), proposed(plan), { type: 'plan_rejected', by: 'bob', why: '' }),
      '## Rejected',
      'The plan was rejected, and nothing was started.',
    ],
    [
      'a refusal',
      live(requested(), {
        type: 'plan_refused',
        problems: [{ code: 'no-plan', task: null, field: null, message: 'none' }],
      }),
      '## Refused',
      'The plan has 1 problem, and nothing was started.',
    ],
  ]
  it.each(endings)('after %s is final, in a plain sentence', (_how, run, headline, sentence) => {
    expect(title(run)).toBe(headline)
    expect(renderStatus(run).split('\n')).toContain(sentence)
    expect(renderStatus(run)).toMatch(/\n- Ended at 2026-11-21 10:\d\d:\d\d UTC\.\n/)
  })

  it('shows an opened gate as approved', () => {
    expect(rows(live(...success)).find(([task]) => task === 'g Task g')).toEqual(['g Task g', 'approved'])
  })

  it('names the next step after a success', () => {
    expect(steps(live(...success, shownAs(['pull:trunk', 50])))).toEqual(['- Review #50 and merge it.'])
  })
})

describe('around the tasks', () => {
  it('the verification, refused pull requests and a lost orchestrator are named', () => {
    const run = live(
      ...verifying,
      { type: 'pull_refused', why: 'GitHub Actions is not permitted to create pull requests' },
      { type: 'orchestrator_lost', workflowRun: 7 },
    )
    const text = renderStatus(run)
    expect(text).toContain(
      `Verification 1 of \`${sha('merge-d').slice(0, 8)}\`: at work in slot \`r1.2\` since 2026-11-21 10:0`,
    )
    expect(text).toContain(
      'Pull requests cannot be opened: GitHub Actions is not permitted to create pull requests. [Compare the branches](../compare/main...tributary/42/trunk) instead.',
    )
    expect(text).toContain('The orchestrator was lost 1 time without progress in between; what was done is kept.')
    expect(text).toContain('`git fetch origin refs/tributary/42/log`')
  })
})

describe('a run that is too large', () => {
  const large = (ids: string[]) => {
    const half = ids.slice(0, ids.length / 2).flatMap((id) => [...done(id)])
    const paths = Array(20).fill('|'.repeat(900))
    const rest = ids
      .slice(ids.length / 2)
      .flatMap((id) => [queued(id), started(id), failed(id, { reason: 'outside-paths', paths })])
    return renderStatus(live(requested(), proposed(planOf(ids.join(', '))), approved(), ...half, ...rest))
  }
  const ids = (length: number, long = '') => Array.from({ length }, (_, index) => `t${index}${long}`)

  it('is shown with less, and never goes over the limit', () => {
    const some = large(ids(40))
    expect(byteLength(some)).toBeLessThanOrEqual(LIMITS.comment)
    expect(some).toContain(
      'Left out, since 40 tasks would not fit: tasks that have landed or wait for others, titles and notes.',
    )
  })

  it('keeps what a person must do longest', () => {
    const many = large(ids(900, 'x'.repeat(36)))
    expect(byteLength(many)).toBeLessThanOrEqual(LIMITS.comment)
    expect(many.includes('The table of 900 tasks would not fit. The checks show each task.')).toBe(true)
    expect(many).toMatch(/\n- and \d+ more lines of this kind\n/)
    expect(many.split('\n')[1]).toBe('## Stopped: 450 of 900 tasks landed, 450 failed')
  })
})
