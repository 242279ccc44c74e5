import { describe, expect, it } from 'vitest'
import type { Problem } from '../../../src/core/failure.ts'
import type { EndedRun } from '../../../src/core/run/state.ts'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { hint, renderPlanRefused } from '../../../src/render/plan/problems.ts'
import { live, requested } from '../support/runs.ts'

function refused(problems: Problem[]): EndedRun {
  const run = live(requested(), { type: 'plan_refused', problems })
  if (run.phase !== 'ended') throw new Error('it has not ended')
  return run
}

describe('a plan with problems', () => {
  it('gets each of them with its task and field, and what to do about it', () => {
    const run = refused([
      { code: 'unknown-need', task: 't3', field: 'needs', message: '`t9` is no task of this plan' },
      { code: 'no-plan', task: null, field: null, message: 'There is no plan, see @alice' },
    ])
    expect(renderPlanRefused(run)).toBe(
      [
        '<!-- tributary:refused:42 -->',
        '## The plan cannot be used',
        '',
        'The plan in issue #42 has 2 problems. Nothing was started.',
        '',
        '- `t3` · `needs`: `t9` is no task of this plan',
        '  Name a task of this plan, or remove the need. <sub>`unknown-need`</sub>',
        '- There is no plan, see @&#8203;alice',
        '  Put the plan into the issue, in a fenced block that begins with ```` ```tributary ````. <sub>`no-plan`</sub>',
        '',
        'Then type `/plan` in a new comment.',
      ].join('\n'),
    )
  })

  it('says once that there is neither a key nor a plan', () => {
    const message = 'There is no key for a model, and the issue has no plan: add one of the two.'
    const text = renderPlanRefused(refused([{ code: 'no-model', task: null, field: null, message }]))
    expect(text.split('\n').slice(1, 6)).toEqual([
      '## There is no plan',
      '',
      'Nothing was started.',
      '',
      `- ${message}`,
    ])
    expect(text).toMatch(/\. <sub>`no-model`<\/sub>\n\nThen type/)
    // The same words are read on GitHub and on a laptop.
    expect(text).toMatch(/On GitHub, the key is the secret .*Settings > .* On your own machine, set .*`--agent NAME`/)
  })

  it('loses hints, then counts what does not fit', () => {
    const problem: Problem = { code: 'cycle', task: 't1', field: 'needs', message: '| '.repeat(20) }
    const some = renderPlanRefused(refused(Array(350).fill(problem)))
    expect(some).not.toContain(hint(problem))
    expect(some.match(/`cycle`/g)).toHaveLength(350)
    const many = renderPlanRefused(refused(Array(5000).fill(problem)))
    expect(many).toMatch(/\n- and \d+ more problems\n/)
    for (const text of [some, many, renderPlanRefused(refused([{ ...problem, message: '<'.repeat(100_000) }]))])
      expect(byteLength(text)).toBeLessThanOrEqual(LIMITS.comment)
  })
})
