import { describe, expect, it } from 'vitest'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { finalPull } from '../../../src/render/pull/final-pull.ts'
import { workerPull } from '../../../src/render/pull/worker-pull.ts'
import { planOf } from '../../support/plan.ts'
import {
  approved,
  done,
  example,
  failed,
  huge,
  passed,
  planned,
  projected,
  proposed,
  queued,
  requested,
  sha,
  started,
  type TimedEvent,
} from '../support/runs.ts'

const begun = [
  requested(),
  proposed(planOf('a > b, c', { title: 'Do it [skip ci] @alice', summary: 'Better #7.' })),
  projected(['pull:trunk', 50], ['pull:a', 51]),
  approved(),
] as const
const verification = { type: 'verification_queued', on: sha('merge-c'), attempt: 1 } as const
const finished = [
  ...begun,
  ...done('a'),
  ...done('b'),
  ...done('c'),
  verification,
  passed(1, sha('merge-c')),
  { type: 'run_finished', sha: sha('merge-c') },
] as const
const journal = '`git fetch origin refs/tributary/42/log:refs/tributary/42/log`, then `git log refs/tributary/42/log`'

describe('the final pull request', () => {
  it('says at first what is planned, and closes nothing', () => {
    const { title, body } = finalPull(planned(...begun))
    expect(title).toBe('Do it @ alice')
    expect(body.split('\n')[0]).toBe('Tributary works here on issue #42: 3 tasks, merged into this branch one by one.')
    expect(body).toContain('> Better #&#8203;7.')
    expect(body).toContain('| `b` Task b | `a` |')
    expect(body).toContain(journal)
    expect(body).not.toMatch(/clos|fix|resolv/i)
  })

  it('stays as it is while the run goes on: the comments tell that', () => {
    expect(finalPull(planned(...begun, ...done('a'), queued('c')))).toEqual(finalPull(planned(...begun)))
  })

  it('in the end accounts for everything, and closes the issue', () => {
    const { body } = finalPull(planned(...finished))
    expect(body).toBe(
      [
        'Closes #42',
        '',
        '**Done: 3 of 3 tasks landed.** Everything is in trunk, and the verification passed.',
        '',
        '> Better #&#8203;7.',
        '',
        '### What landed',
        '',
        '| Task | Wrote in | Pull request | Merge | Check | Took | Attempts |',
        '| --- | --- | --- | --- | --- | --- | --- |',
        `| \`a\` Task a | \`a/**\` | #51 | \`${sha('merge-a').slice(0, 8)}\` |   | 5.2 s | 1 |`,
        `| \`b\` Task b | \`b/**\` |   | \`${sha('merge-b').slice(0, 8)}\` |   | 5.2 s | 1 |`,
        `| \`c\` Task c | \`c/**\` |   | \`${sha('merge-c').slice(0, 8)}\` |   | 5.2 s | 1 |`,
        '',
        '### Verification',
        '',
        `Passed on \`${sha('merge-c').slice(0, 8)}\` in 13 s, in a job without a write token (sandbox: bubblewrap 0.8.0).`,
        '',
        '```text',
        'true',
        '```',
        '',
        `Everything that the run knows is in its journal: ${journal}. Branch \`tributary/42/trunk\`, base \`${sha('base').slice(0, 8)}\`, plan \`${planned(...begun).work.planId.slice(0, 12)}\`.`,
      ].join('\n'),
    )
  })

  it('says the same in the end when it was merged', () => {
    const { body } = finalPull(planned(...finished, { type: 'run_closed', by: 'bob', merged: true }))
    expect(body.split('\n')[0]).toBe('Closes #42')
  })

  it('names conflicts, reruns, and what is not in it', () => {
    const run = planned(
      ...begun,
      queued('a'),
      started('a'),
      failed('a', { reason: 'acceptance-failed', exitCode: 1, log: '' }, false),
      ...done('a', 'r1.1', 5, 2),
      { type: 'task_skipped', by: 'bob', task: 'b' },
      queued('c'),
      started('c'),
      { type: 'task_conflicted', task: 'c', with: ['a'], paths: ['x.ts'], onto: [], final: true },
      { type: 'run_cancelled', by: 'bob', why: 'enough' },
    )
    const { body } = finalPull(run)
    expect(body).toContain(
      'For issue #42.\n\n**Cancelled: 1 of 3 tasks landed, 1 failed, 1 skipped.** The run was stopped. Reason given: enough.',
    )
    expect(body).toContain(
      [
        '### Conflicts and reruns',
        '',
        '- `a`, attempt 1: its acceptance ended with exit code 1.',
        '- `c`, attempt 1: it is in conflict with `a` in `x.ts`.',
        '- Skipped by a person: `b`.',
        '',
        '### What is not in here',
        '',
        '- Failed: `c`',
        '- Skipped: `b`',
      ].join('\n'),
    )
    expect(body).toContain('### Verification\n\nNot run.')
  })
})

describe('a worker pull request', () => {
  it('shows the brief, and that nothing needs to be done', () => {
    const { title, body } = workerPull(
      planned(requested(), proposed(example), projected(['pull:trunk', 50]), approved()),
      'cli',
    )
    expect(title).toBe('cli: Show cents in the command line')
    expect(body).toBe(
      [
        '`cli` Show cents in the command line, a task of the plan for issue #42.',
        '',
        '- Needs: `parse`, `print`',
        '- Writes: `src/cli.ts`',
        '- Command: `node scripts/apply.mjs "Show cents in the command line"`',
        '- Acceptance: `npm test`',
        '',
        'The run merges it into `tributary/42/trunk` (#50) when its acceptance has passed. Nothing needs to be done here.',
      ].join('\n'),
    )
  })

  it('says what to type where landing waits for a review', () => {
    const { body } = workerPull(planned(requested(), proposed(example, { merge: 'review' }), approved()), 'docs')
    expect(body).toContain('type `/approve` here')
    expect(body).toContain('`/retry docs -- note` sends it back, `/skip docs` leaves it out.')
  })
})

it('no body goes over the limit', () => {
  for (const tasks of [1, 30, 300]) {
    const events = [requested(), proposed(huge(tasks)), approved()] as const
    const paths = Array(20).fill('|'.repeat(500))
    const conflict: TimedEvent = { type: 'task_conflicted', task: 't0', with: ['t0'], paths, onto: [], final: true }
    const bodies = [
      finalPull(planned(...events)).body,
      finalPull(
        planned(...events, ...done('t0'), queued('t0', 2), conflict, {
          type: 'run_cancelled',
          by: 'b',
          why: '|'.repeat(60_000),
        }),
      ).body,
      workerPull(planned(...events), 't0').body,
    ]
    for (const body of bodies) expect(byteLength(body)).toBeLessThanOrEqual(LIMITS.pull)
    expect([...finalPull(planned(...events)).title].length).toBeLessThanOrEqual(200)
  }
})
