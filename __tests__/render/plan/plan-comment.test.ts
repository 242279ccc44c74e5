import { describe, expect, it } from 'vitest'
import { shortPlanId } from '../../../src/core/plan/plan-id.ts'
import { byteLength, LIMITS } from '../../../src/render/markdown/fit.ts'
import { planCanBeShown, renderPlanComment } from '../../../src/render/plan/plan-comment.ts'
import { gate, planOf } from '../../support/plan.ts'
import { allNodes, parse, visibleText } from '../support/markdown.ts'
import { approved, done, example, huge, planned, proposed, requested } from '../support/runs.ts'

const run = planned(requested(), proposed(example, {}, ['`report` needs `parse`: both write `src/report/**`']))
const comment = renderPlanComment(run)
const id = shortPlanId(run.work.planId)
const table = (markdown: string) =>
  allNodes(parse(markdown)).flatMap((node) => (node.type === 'tableRow' ? [node.children.map(visibleText)] : []))

describe('the plan comment', () => {
  it('begins with its marker and ends with the exact line that approves it, in a code block', () => {
    expect(comment.split('\n')[0]).toBe('<!-- tributary:plan:42 -->')
    expect(comment.split('\n').at(-1)).toBe(`/approve ${id}`)
    const last = parse(comment).children.at(-1)
    expect(last?.type === 'code' && last.value).toBe(`/approve ${id}`)
  })

  it('shows what every task needs, writes, runs and is accepted by', () => {
    expect(table(comment)).toEqual([
      ['Task', 'Needs', 'Writes', 'Worker', 'Acceptance', 'Size'],
      [
        'types A type for amounts',
        '–',
        'src/money.ts',
        'node scripts/apply.mjs "A type for amounts"',
        'npm test',
        'small',
      ],
      [
        'parse Read amounts without floats',
        'types',
        'src/parse/**',
        'node scripts/apply.mjs "Read amounts without floats"',
        'npm test',
        'medium',
      ],
      [
        'print Print amounts | with two digits',
        'types',
        'src/print/**',
        'node scripts/apply.mjs "Print amounts | with two digits"',
        'npm test',
        'medium',
      ],
      [
        'cli Show cents in the command line',
        'parse, print',
        'src/cli.ts',
        'node scripts/apply.mjs "Show cents in the command line"',
        'npm test',
        'small',
      ],
      [
        'rules Round as the tax office does',
        'types',
        'src/rules/**',
        'node scripts/apply.mjs "Round as the tax office does"',
        'npm test',
        'large',
      ],
      [
        'report Sums of a report in cents',
        'rules, parse',
        'src/report/**',
        'node scripts/apply.mjs "Sums of a report in cents"',
        'npm test',
        'medium',
      ],
      [
        'ask A person looks at the rounding rules',
        '–',
        '–',
        'a gate: nothing behind it starts',
        'a person types /approve ask',
        '–',
      ],
      [
        'publish Raise the version',
        'ask, report',
        'package.json',
        'node scripts/apply.mjs "Raise the version"',
        'npm test',
        'small',
      ],
      [
        'docs Say how amounts are written',
        '–',
        'docs/**',
        'node scripts/apply.mjs "Say how amounts are written"',
        'npm test',
        'small',
      ],
    ])
  })

  it('lists every command that an approval allows, the verification too', () => {
    const [, list] = allNodes(parse(comment)).flatMap((node) => (node.type === 'code' ? [node.value.split('\n')] : []))
    expect(list).toHaveLength(17)
    expect(list?.slice(0, 2)).toEqual([
      'types    run           node scripts/apply.mjs "A type for amounts"',
      'types    acceptance    npm test',
    ])
    expect(list?.at(-1)).toBe('(trunk)  verification  npm test')
  })

  it('names the numbers, the base, the settings and the whole plan id', () => {
    for (const line of [
      '- 9 tasks, 1 gate among them; at most 3 at work at once',
      '- Critical path: `types` → `rules` → `report` → `publish`, 34 min',
      '- Work of all tasks together: 56 min',
      '- Predicted time: 34 min with 4 slots, 34 min with 8, 56 min one after another',
      '- Working in parallel is worth it: 1.4 times as fast (41 min against 58 min 30 s), with starting, reading and landing counted in.',
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
    expect(shown({})).toContain('- The commands above run in a sandbox without network,')
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
    expect(off).toContain('- `network.allow` has no effect under `sandbox: off`: **they reach every host.**')
    expect(off).not.toContain('registry.npmjs.org')
  })

  it('says so where commands would run without isolation, and where parallel work gains nothing', () => {
    const slow = renderPlanComment(
      planned(requested(), proposed(planOf('a > b > c'), { sandbox: 'off', merge: 'review' })),
    )
    expect(slow).toContain('**They run without isolation: `sandbox: off` is set.**')
    expect(slow).toContain(
      '- Working in parallel gains little here, 0.9 times as fast (29 min 30 s against 26 min 30 s), with starting, reading and landing counted in: one task would do as well.',
    )
    expect(slow).toContain('it waits for `/approve` on its pull request')
    expect(slow).toContain('- Settings: `.github/tributary.yml`, blob `')
  })

  it('says the same while the run goes on', () => {
    const later = planned(requested(), proposed(example, {}, run.work.notes), approved(), ...done('types'))
    expect(renderPlanComment(later)).toBe(comment)
  })
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
      expect(text.endsWith(`\n/approve ${shortPlanId(one.work.planId)}`)).toBe(true)
      expect(parse(text).children.at(-1)?.type).toBe('code')
    }
  })

  it('names every command as long as that is possible; else it says how to read them, and that it cannot show them', () => {
    expect(comments.map(planCanBeShown)).toEqual([true, true, false, false])
    expect(renderPlanComment(comments[3] ?? run)).toContain(
      'There are 301, too many to be shown here. **Read them before you approve:**',
    )
  })
})

describe('a gate', () => {
  it('alone needs no command', () => {
    const alone = planned(requested(), proposed(planOf('g', { tasks: { g: gate }, verification: [] })))
    expect(planCanBeShown(alone)).toBe(true)
    expect(renderPlanComment(alone)).toContain('- 1 task, 1 gate among them; at most 0 at work at once')
  })
})
