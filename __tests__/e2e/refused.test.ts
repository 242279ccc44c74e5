import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replay } from '../../src/core/run/evolve.ts'
import { calm } from './support/calm.ts'
import { marked, pushFiles } from './support/people.ts'
import { branchesOf } from './support/picture.ts'
import { issueWith } from './support/plan.ts'
import { eventsOf, startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ files: { '.github/tributary.yml': calm('protected_paths: [secrets/**]') } })
})
afterAll(() => world.close())

/** A refused run has no plan, and ends all the same. */
const refusal = (run: string) =>
  world.until(`run ${run} to be refused`, async () => {
    const state = await world.state(run)
    return state?.phase === 'ended' && state.orchestrator === null && state
  })

const block = (...lines: string[]) => ['```tributary', ...lines, '```'].join('\n')
const task = (id: string, needs: string, ...more: string[]) => [
  `  - id: ${id}`,
  `    needs: [${needs}]`,
  `    writes: [${id}/**]`,
  '    run: [make]',
  '    acceptance: [make, test]',
  ...more,
]

const bad: readonly { name: string; body: string; codes: readonly string[]; says: readonly RegExp[] }[] = [
  {
    name: 'a cycle',
    body: block('title: A cycle', 'tasks:', ...task('a', 'c'), ...task('b', 'a'), ...task('c', 'b')),
    codes: ['cycle'],
    says: [/`a` → `b` → `c` → `a`/],
  },
  {
    name: 'unknown keys',
    body: block('title: Keys', 'tasks:', ...task('a', '', '    wirtes: [b/**]')),
    codes: ['not-a-plan'],
    says: [/line 8/i, /`wirtes`.*`writes`/],
  },
  {
    name: 'bad YAML',
    body: block('title: Bad: YAML', 'tasks: [', '  - {'),
    codes: ['not-yaml'],
    says: [/Line 1 of the block: /],
  },
  {
    name: 'a plan whose fence says yaml',
    body: block('title: Near', 'tasks:', ...task('a', '')).replace('```tributary', '```yaml'),
    codes: ['not-a-plan'],
    says: [/a fenced block `yaml` that looks like a plan/],
  },
  {
    name: 'no plan at all',
    body: 'Please do it.',
    codes: ['no-model'],
    says: [/no key for a model, and the issue has no plan/, /fenced block/, /ANTHROPIC_API_KEY/],
  },
  {
    name: 'several things wrong at once',
    body: block(
      'title: Many',
      'tasks:',
      '  - { id: a, needs: [nobody], writes: [.github/workflows/x.yml, secrets/key], run: [make] }',
      '  - { id: a, writes: [a/**], run: [make], acceptance: [make] }',
    ),
    codes: ['duplicate-id', 'unknown-need', 'protected-path', 'missing-acceptance'],
    says: [/`a` · `needs`: There is no task `nobody`/, /`\.github\/workflows\/x\.yml`/, /`secrets\/key`/],
  },
]

describe('a plan that cannot be used', () => {
  it('is refused on the issue with every problem, and leaves no branch and no pull request', async () => {
    const runs = await Promise.all(
      bad.map(async (one) => ({ ...one, issue: await world.openIssue(one.body, one.name) })),
    )
    await Promise.all(runs.map(({ issue }) => world.say(issue, '/plan', 'writer')))
    for (const { name, issue, codes, says } of runs) {
      const state = await refusal(`${issue}`)
      expect(state.conclusion, name).toBe('refused')
      expect(replay(await world.events(`${issue}`)), name).toEqual(state)
      expect([...new Set(state.problems.map(({ code }) => code))].toSorted(), name).toEqual(codes.toSorted())
      const comment = await marked(world, issue, 'refused', `${issue}`)
      for (const words of says) expect(comment, name).toMatch(words)
      for (const code of codes) expect(comment, name).toContain(`<sub>\`${code}\`</sub>`)
      expect(branchesOf(world, `${issue}`), name).toEqual([])
    }
    const { data: pulls } = await world.admin.rest.pulls.list({ ...world.at, state: 'all' })
    expect(pulls).toEqual([])
  })

  it('is planned once its text is fixed, as a second run of the issue', async () => {
    const issue = await world.openIssue(block('title: Without tasks', 'tasks: []'))
    await world.say(issue, '/plan')
    expect((await refusal(`${issue}`)).conclusion).toBe('refused')
    await world.admin.rest.issues.update({ ...world.at, issue_number: issue, body: issueWith('a') })
    expect(await world.say(issue, '/plan')).toContain(`Run \`${issue}-2\` begins`)
    await world.when(`${issue}-2`, 'proposed', (state) => state.phase === 'proposed' && state.orchestrator === null)
    expect(await marked(world, issue, 'proposed', `${issue}-2`)).toContain('/approve ')
  })
})

describe('settings that cannot be used', () => {
  it('refuse a command with the line and the key that was meant, and an approval with what has changed', async () => {
    const issue = await world.openIssue(issueWith('a'))
    const { pull, planId } = await world.plan(issue)
    await pushFiles(world, { '.github/tributary.yml': calm('slots_start: 3', 'approver: { permission: admin }') })
    const answer = await world.say(pull, `/approve ${planId.slice(0, 12)}`)
    expect(answer).toContain('`bad-settings`')
    expect(answer).toMatch(/line 5\b.*`approver`.*`approvers`/i)
    await pushFiles(world, { '.github/tributary.yml': calm('approvers: { permission: admin }') })
    expect(await world.say(pull, '/approve', 'writer')).toContain('`not-permitted`')
    const stale = await world.say(pull, '/approve')
    expect(stale).toContain('`plan-stale`')
    expect(stale).toContain('`.github/tributary.yml` changed')
    expect(eventsOf(await world.events(`${issue}`), 'plan_approved')).toEqual([])
  })
})
