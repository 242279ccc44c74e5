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
  merged,
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
    expect(body.split('\n')[0]).toBe(
      'Tributary is working on issue #42 here: 3 tasks, merged into this branch one by one. Do not merge this pull request before it is ready for review.',
    )
    expect(body).toContain('> Better #&#8203;7.')
    expect(body).toContain('Nothing starts before you approve the plan there.')
    expect(body).toContain(journal)
    expect(body).not.toMatch(/clos|fix|resolv/i)
  })

  it('stays as it is while the run goes on: the comments tell that', () => {
    expect(finalPull(planned(...begun, ...done('a'), queued('c')))).toEqual(finalPull(planned(...begun)))
  })

  it('in the end accounts for everything, and closes the issue', () => {
    const { body } = finalPull(planned(...finished))
    const short = (name: string) => sha(name).slice(0, 8)
    const merge = (id: string) => `merge [\`${short(`merge-${id}`)}\`](../commit/${sha(`merge-${id}`)})`
    expect(body.replace(/```mermaid.*?```/s, '(graph)')).toBe(
      [
        'Closes #42',
        '',
        '**Done: 3 of 3 tasks landed.** What landed is on `tributary/42/trunk`, and the verification passed.',
        '',
        '### What changed and why',
        '',
        '> Better #&#8203;7.',
        '',
        'What each task did:',
        '',
        '- Task a',
        '- Task b',
        '- Task c',
        '',
        '### How to review it',
        '',
        '(graph)',
        '',
        'The tasks in review order, each after those it builds on:',
        '',
        `1. \`a\` Task a: #51, ${merge('a')}, 5 s`,
        `2. \`b\` Task b: ${merge('b')}, 5 s`,
        `3. \`c\` Task c: ${merge('c')}, 5 s`,
        '',
        '### Verification',
        '',
        `Passed on \`${short('merge-c')}\` in 13 s, in a job without a write token (sandbox: bubblewrap 0.8.0).`,
        '',
        '```text',
        'true',
        '```',
        '',
        '### Who approved what',
        '',
        '- The plan: bob',
        '',
        'Time: 33 s from `/plan` to the end, 30 s of it after the approval.',
        '',
        '<details><summary>About this run</summary>',
        '',
        `Everything that the run knows is in its journal: ${journal}. Branch \`tributary/42/trunk\`, base \`${short('base')}\`, plan \`${planned(...begun).work.planId.slice(0, 12)}\`.`,
        '',
        '</details>',
      ].join('\n'),
    )
  })

  it('of a plan by hand names the files that git has, and who let each task land', () => {
    const withFiles = (id: string, files: string[]): TimedEvent => {
      const event = verified(id)
      if (event.type !== 'task_verified') throw new Error('no report')
      return { ...event, report: { ...event.report, files } }
    }
    const { body } = finalPull(
      planned(
        ...begun,
        ...['a', 'c'].flatMap((id): TimedEvent[] => [
          queued(id),
          started(id),
          withFiles(id, [`${id}/x|.ts`, 'shared.ts']),
          { type: 'task_landed', by: 'dora', task: id, attempt: 1 },
          merged(id),
        ]),
        { type: 'run_cancelled', by: 'bob', why: '' },
      ),
    )
    expect(body).toContain('1. `a` Task a: 2 files, #51, merge')
    expect(body).toContain('<details><summary>Files changed, by task (3)</summary>')
    expect(body).toContain('- `shared.ts`: `a`, `c`')
    expect(body).toContain('- The plan: bob\n- `a`, `c`: dora')
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
        '**Attempts that failed**',
        '',
        '- `a`, attempt 1: its acceptance ended with exit code 1.',
        '- `c`, attempt 1: it is in conflict with `a` in `x.ts`.',
        '- Skipped by a person: `b`.',
      ].join('\n'),
    )
    expect(body).toContain('### What is not in here\n\n- Failed: `c`\n- Skipped: `b`')
    expect(body).toContain('### Verification\n\nNot run.')
  })
})

describe('a worker pull request', () => {
  const on = (...events: TimedEvent[]) =>
    workerPull(
      planned(
        requested(),
        proposed(example, { merge: 'review' }),
        projected(['pull:trunk', 50]),
        approved(),
        ...events,
      ),
      'types',
    )
  const top = (...events: TimedEvent[]) => on(...events).body.split('\n')[0]

  it('shows the brief, folded, and who builds on it', () => {
    const { title, body } = on()
    expect(title).toBe('types: A type for amounts')
    expect(body).toBe(
      [
        '**At work**, attempt 1. There is nothing to review yet.',
        '',
        '`types` A type for amounts, a task of the plan for issue #42.',
        '',
        '**Others build on it:** `parse`, `print`, `rules`, and 3 more after them.',
        '',
        '<details><summary>The brief of this task</summary>',
        '',
        '- Writes: `src/money.ts`',
        '- Command: `node scripts/apply.mjs "A type for amounts"`',
        '- Acceptance: `npm test`',
        '',
        '</details>',
      ].join('\n'),
    )
  })

  it('says at its top what it is now, and what to type', () => {
    const verifiedNow = [queued('types'), started('types'), verified('types', 1, 'one\n2 passed')]
    expect(top(...verifiedNow)).toBe(
      '**Ready for your review.** Its acceptance passed. Approve this pull request, or type `/approve` here, and the run merges it into `tributary/42/trunk` (#50); a merge by hand counts as an approval. Request changes, or type `/retry types -- note`, to send it back; `/skip types` leaves it out.',
    )
    expect(on(...verifiedNow).body).toContain('`npm test` passed in 3.2 s.')
    expect(on(...verifiedNow).body).toContain('```text\none\n2 passed\n```')
    const retried: TimedEvent = { type: 'task_retried', by: 'bob', task: 'types', note: '', onto: [] }
    expect(top(...verifiedNow, retried, queued('types', 2))).toBe(
      '**At work**, attempt 2. There is nothing to review yet. It replaces attempt 1.',
    )
    expect(top(...done('types'))).toBe(
      `**Landed** in \`tributary/42/trunk\` (#50) with \`${sha('merge-types').slice(0, 8)}\`. There is nothing left to do here.`,
    )
    expect(top(queued('types'), { type: 'task_skipped', by: 'bob', task: 'types' })).toContain(
      '**Not part of the change**: the task was skipped.',
    )
  })

  it('of a task that lands by itself holds at each time without an edit, and changes when the run needs a person', () => {
    const under = (...events: TimedEvent[]) =>
      workerPull(planned(requested(), proposed(example), projected(['pull:trunk', 50]), approved(), ...events), 'types')
        .body
    const begun = [queued('types'), started('types')]
    const program = { reason: 'program-failed', exitCode: 1, log: 'no' } as const
    const opened = under(...begun)
    expect(opened.split('\n')[0]).toBe(
      "**Nothing to do here.** The run merges this into `tributary/42/trunk` (#50) by itself once its acceptance passes; until then, this pull request stays open. The result comes with the check `tributary / types — A type for amounts`: the worker's report, the output, and the cost. If the run needs you, this text says so.",
    )
    expect(under(...begun, verified('types'))).toBe(opened)
    expect(under(...done('types'))).toBe(opened)
    expect(under(...begun, failed('types', program, false), queued('types', 2))).toBe(opened)
    const top = (...events: TimedEvent[]) => under(...events).split('\n')[0]
    expect(top(...begun, failed('types', program))).toContain('**Failed**')
    expect(top(...begun, { type: 'task_skipped', by: 'bob', task: 'types' })).toContain('**Not part of the change**')
    expect(top(...begun, { type: 'run_cancelled', by: 'bob', why: '' })).toContain('**Not part of the change**')
  })

  it('of a failed task shows the first failing lines, and how to go on', () => {
    const log = 'fine\n✖ reads it\n  at src/money.ts:3\n0 failed'
    const { body } = on(
      queued('types'),
      started('types'),
      failed('types', { reason: 'acceptance-failed', exitCode: 1, log }),
    )
    expect(body.split('\n')[0]).toBe(
      '**Failed**: its acceptance ended with exit code 1. Type `/retry types -- note` to try again, or `/skip types` to go on without it.',
    )
    expect(body).toContain('```text\n✖ reads it\n  at src/money.ts:3\n0 failed\n```')
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
