import { describe, expect, it } from 'vitest'
import { shortPlanId } from '../../../src/core/plan/plan-id.ts'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { planCanBeShown, renderPlanComment } from '../../../src/render/plan/plan-comment.ts'
import { gate, planOf } from '../../support/plan.ts'
import { allNodes, parse } from '../support/markdown.ts'
import { approved, done, example, huge, planned, projected, proposed, requested } from '../support/runs.ts'

const run = planned(requested(), proposed(example, {}, ['`report` needs `parse`: both write `src/report/**`']))
const comment = renderPlanComment(run)
const id = shortPlanId(run.work.planId)

describe('the plan comment', () => {
  it('begins with its marker, and shows on its first screen all that a decision needs', () => {
    const folded = comment.replace(/<details>.*?<\/details>\n*/gs, '').replace(/```mermaid.*?```/s, '(graph)')
    expect(folded.trim()).toBe(
      [
        '<!-- tributary:plan:42 -->',
        '## Plan: Money in cents instead of floats',
        '',
        'Amounts are whole cents from the parser to the printer.',
        '',
        'For issue #42, requested by alice. **No task or agent starts, and no code changes, until you approve it.**',
        '',
        '(graph)',
        '',
        '- **9 tasks**, 1 gate among them, at most 3 at once',
        '- **About 41 min** with 4 slots; 58 min 30 s one task at a time',
        '- **No money**: no model works on it',
        '',
        'To approve it, type this in a new comment:',
        '',
        '```text',
        `/approve ${id}`,
        '```',
        '',
        `Or type \`/reject -- why\` to end it, or \`/approve ${id} --only t1,t2\` to start only the tasks that you name.`,
      ].join('\n'),
    )
  })

  it('lists, folded, what every task needs, writes, runs and is accepted by', () => {
    for (const lines of [
      [
        '**`types` A type for amounts** (small)',
        '',
        '- Writes: `src/money.ts`',
        '- Worker: `node scripts/apply.mjs "A type for amounts"`',
        '- Acceptance: `npm test`',
      ],
      [
        '**`report` Sums of a report in cents** (medium)',
        '',
        '- Needs: `rules`, `parse`',
        '- Writes: `src/report/**`',
        '- Worker: `node scripts/apply.mjs "Sums of a report in cents"`',
        '- Acceptance: `npm test`',
      ],
      [
        '**`ask` A person looks at the rounding rules**',
        '',
        '- Worker: a gate: nothing behind it starts',
        '- Acceptance: a person types `/approve ask`',
      ],
    ])
      expect(comment).toContain(lines.join('\n'))
    expect(comment.match(/^- Acceptance: /gm)).toHaveLength(9)
  })

  it('lists every command that an approval allows, the verification too', () => {
    const [, , list] = allNodes(parse(comment)).flatMap((node) =>
      node.type === 'code' ? [node.value.split('\n')] : [],
    )
    expect(list).toHaveLength(17)
    expect(list?.slice(0, 2)).toEqual([
      'types    run           node scripts/apply.mjs "A type for amounts"',
      'types    acceptance    npm test',
    ])
    expect(list?.at(-1)).toBe('(trunk)  verification  npm test')
  })

  it('names the numbers, the base, the settings and the whole plan id', () => {
    for (const line of [
      '- Critical path: `types` → `rules` → `report` → `publish`, 34 min',
      '- All tasks together: 56 min',
      '- 41 min with 4 slots, 41 min with 8: 1.4 times as fast as one task at a time. This includes starting slots, reading and landing, which the two times above leave out.',
      `- Base: \`main\` at \`${run.work.base}\``,
      '- Settings: none, so the defaults',
      `- Plan id: \`${run.work.planId}\``,
      '- `report` needs `parse`: both write `src/report/**`',
    ])
      expect(comment.split('\n')).toContain(line)
  })

  it('calls nobody and refers to nothing that the plan names', () => {
    expect(comment).toContain('> See #&#8203;12, and ask @&#8203;alice.')
    const text = allNodes(parse(comment)).flatMap((node) => (node.type === 'text' ? [node.value] : []))
    expect(text.flatMap((one) => one.match(/#\d+|@\w+/g) ?? [])).toEqual(['#42'])
  })

  it('names the hosts that commands reach, and that each is a way out for what a task can read', () => {
    const shown = (settings: Record<string, unknown>) =>
      renderPlanComment(planned(requested(), proposed(planOf('a > b'), settings)))
    const network = { allow: ['registry.npmjs.org', 'pypi.org'] }
    expect(shown({})).toContain('- Commands run in a sandbox without network,')
    const open = shown({ network })
    expect(open).toContain(
      '- **Commands reach `registry.npmjs.org`, `pypi.org`** (`network.allow`), and no other host.',
    )
    expect(open).toContain('An allowed host is also a way out: a task can send there what it can read')
    expect(open).not.toContain('without network')
    expect(
      shown({
        setup: [
          ['npm', 'ci'],
          ['make', 'a b'],
        ],
      }),
    ).toContain('- Set-up of each slot: `npm ci`, `make "a b"`')
    const off = shown({ network, sandbox: 'off' })
    expect(off).toContain('- `network.allow` has no effect under `sandbox: off`: **commands reach every host.**')
    expect(off).not.toContain('registry.npmjs.org')
  })

  it('names other runs that write the same paths, unfolded', () => {
    const beside = { ...proposed(planOf('a')), sharedWrites: [{ run: '41-2', paths: ['src/**', 'README.md'] }] }
    const [screen = ''] = renderPlanComment(planned(requested(), beside)).split('<details>')
    expect(screen).toContain('**The run of #41 writes the same paths** and is not merged yet: `src/**`, `README.md`.')
  })

  it('says so where commands would run without isolation, and where parallel work gains nothing', () => {
    const slow = renderPlanComment(
      planned(requested(), proposed(planOf('a > b > c'), { sandbox: 'off', merge: 'review' })),
    )
    expect(slow).toContain('- **Commands run without isolation: `sandbox: off` is set.**')
    expect(slow).toContain(
      '- **About 29 min 30 s** with 4 slots; 26 min 30 s one task at a time, so parallel work gains little',
    )
    expect(slow).toContain('it waits for `/approve` on its pull request')
    expect(slow).toContain('- Settings: `.github/tributary.yml`, blob `')
  })

  it('once approved says by whom, folds itself, and says the same while the run goes on', () => {
    const begun = [requested(), proposed(example, {}, run.work.notes), approved()] as const
    const later = renderPlanComment(planned(...begun, ...done('types')))
    expect(later).toBe(renderPlanComment(planned(...begun)))
    expect(later).toContain('**Approved by bob.** The status comment shows its progress.')
    expect(later).not.toContain(`/approve ${id}`)
    expect(later.slice(0, later.indexOf('```mermaid'))).toContain('<details><summary>Graph and numbers</summary>')
  })

  it('once the run has ended says how, and where the outcome is', () => {
    const ended = planned(requested(), proposed(example), approved(), projected(['pull:trunk', 50]), {
      type: 'run_cancelled',
      by: 'bob',
      why: '',
    })
    expect(renderPlanComment(ended)).toContain('**The run has ended: cancelled.** The outcome is on #50.')
  })

  it('whose summary is short leaves no empty line for it', () =>
    expect(renderPlanComment(planned(requested(), proposed(planOf('a')))).split('\n')[3]).toMatch(/^For issue #42/))
})

describe('a plan that is too long', () => {
  const sizes = [5, 20, 45, 150]
  const comments = sizes.map((tasks) =>
    planned(requested(), proposed(huge(tasks), {}, Array(50).fill('`a` '.repeat(30)))),
  )

  it('is shown with less, and never goes over the limit', () => {
    for (const one of comments) {
      const text = renderPlanComment(one)
      expect(byteLength(text)).toBeLessThanOrEqual(LIMITS.comment)
      expect(text.split('\n')).toContain(`/approve ${shortPlanId(one.work.planId)}`)
    }
  })

  it('names every command as long as that is possible; else it says how to read them, and that it cannot show them', () => {
    expect(comments.map(planCanBeShown)).toEqual([true, true, false, false])
    expect(renderPlanComment(comments[3] ?? run)).toContain(
      'There are 301 commands, too many for a comment. **Read them before you approve:**',
    )
  })
})

describe('a gate', () => {
  it('alone needs no command', () => {
    const alone = planned(requested(), proposed(planOf('g', { tasks: { g: gate }, verification: [] })))
    expect(planCanBeShown(alone)).toBe(true)
    expect(renderPlanComment(alone)).toContain('- **1 task**, 1 gate among them, at most 0 at once')
  })
})
