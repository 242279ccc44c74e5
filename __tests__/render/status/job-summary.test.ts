import { describe, expect, it } from 'vitest'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { orchestratorSummary, slotSummary } from '../../../src/render/status/job-summary.ts'
import { approved, live, proposed, queued, requested } from '../support/runs.ts'

describe('the summary of a slot', () => {
  it('lists what it did', () => {
    expect(
      slotSummary('r1.2', [
        { task: 't1', attempt: 1, outcome: 'done', seconds: 61 },
        { task: 'verify', attempt: 2, outcome: 'failed: verification-failed', seconds: 3.2 },
      ]),
    ).toBe(
      [
        '## Slot r1.2',
        '',
        '2 pieces of work in 1 min 4 s.',
        '',
        '| Task | Outcome | Work |',
        '| --- | --- | --- |',
        '| `t1` | done | 1 min 1 s |',
        '| `verify` | failed: verification-failed | 3.2 s, attempt 2 |',
      ].join('\n'),
    )
    expect(slotSummary('r1.2', [])).toBe('## Slot r1.2\n\nThere was nothing to do for it.')
  })

  it('has the lines that say what failed and, folded, the end of the output as the check has it', () => {
    const output = `${'✔ fine\n'.repeat(1_000)}✖ sums\n  AssertionError: 1 == 2\n${'at node:assert\n'.repeat(1_000)}1 failed\n`
    const text = slotSummary('r1.2', [
      { task: 't1', attempt: 2, outcome: 'failed: acceptance-failed', seconds: 1, output },
      { task: 't2', attempt: 1, outcome: 'done', seconds: 1, output: '' },
    ])
    expect(text).toContain('`t1`, attempt 2, failed with:\n\n```text\n✖ sums\n  AssertionError: 1 == 2\n')
    expect(text.match(/failed with/g)).toHaveLength(1)
    const end = text.slice(text.indexOf('<details><summary>The end of its output</summary>'))
    expect(end).toMatch(/lines left out …\]\nat node:assert\n[\s\S]*\n1 failed\n```/)
    expect(byteLength(end)).toBeGreaterThan(3_900)
    expect(byteLength(end)).toBeLessThan(4_200)
  })

  it('never goes over the limit of a job summary', () => {
    const deeds = Array.from({ length: 20_000 }, () => ({
      task: 't1',
      attempt: 1,
      outcome: '|'.repeat(50),
      seconds: 1,
    }))
    const text = slotSummary('r1.1', deeds)
    expect(byteLength(text)).toBeLessThan(LIMITS.summary)
    expect(text.split('\n').at(-1)).toMatch(/^\| and \d+ more \| \| \|$/)
  })
})

describe('the summary of an orchestrator', () => {
  it('says how the run stands, without the marker of the comment', () => {
    const text = orchestratorSummary(live(requested(), proposed(), approved(), queued('types')))
    expect(text.split('\n')[0]).toBe('## Running: 0 of 9 tasks landed, 1 queued, 8 to come')
  })
})
