import { describe, expect, it } from 'vitest'
import { lintPlan } from '../../../src/core/plan/lint.ts'
import type { Task } from '../../../src/core/plan/plan.ts'
import { type Scripts, scriptsIn } from '../../../src/core/plan/scripts.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import { planOf } from '../../support/plan.ts'

const SCRIPTS: Scripts = ['test', 'lint']
const checked = (...argv: string[]): Partial<Task> => ({ acceptance: { argv, expect: '' } })
const problemsOf = (
  graph: string,
  tasks: Record<string, Partial<Task>>,
  scripts: Scripts = SCRIPTS,
  verification = [['test']],
) =>
  lintPlan(planOf(graph, { tasks, verification: verification.map((argv) => ({ argv })) }), defaultSettings, {
    files: null,
    scripts,
  }).problems.map(({ code, task, field }) => [code, task, field].join(' '))
const accepts = (...argv: string[]) => problemsOf('a', { a: checked(...argv) })
const MISSING = ['no-such-script a acceptance']
const ADDS = { writes: ['package.json', 'a/**'] }

describe('a check that names a script which package.json does not have', () => {
  it.each([
    ['npm', 'run', 'lnt'],
    ['npm', 'run-script', 'lnt', '--', 'a.js'],
    ['pnpm', 'run', 'lnt'],
  ])('is a problem of the plan, since it can only fail: %s %s %s', (...argv) =>
    expect(accepts(...argv)).toEqual(MISSING),
  )

  it('is one for `npm test` and for the verification too', () => {
    expect(problemsOf('a', { a: checked('npm', 'test') }, ['lint'])).toEqual(MISSING)
    expect(problemsOf('a', {}, SCRIPTS, [['npm', 'run', 'all']])).toEqual(['no-such-script  verification'])
  })

  it('says what is there', () => {
    const plan = planOf('a', { tasks: { a: checked('npm', 'run', 'lnt') } })
    expect(lintPlan(plan, defaultSettings, { files: null, scripts: SCRIPTS }).problems[0]?.message).toBe(
      '`npm run lnt` names a script that package.json does not have, and no task that is done by then may write package.json. It has `test`, `lint`.',
    )
    expect(lintPlan(plan, defaultSettings, { files: null, scripts: [] }).problems[0]?.message).toContain('It has none.')
  })

  it('is none, if the task itself, one that it needs or one before it may add the script', () => {
    const later = checked('npm', 'run', 'lnt')
    expect(problemsOf('a', { a: { ...later, ...ADDS } })).toEqual([])
    expect(problemsOf('a', { a: { ...later, writes: ['*.json'] } })).toEqual([])
    expect(problemsOf('a > b', { a: ADDS, b: later })).toEqual([])
    expect(problemsOf('a, b', { a: ADDS, b: later })).toEqual([])
    expect(problemsOf('a, b', { b: ADDS }, SCRIPTS, [['npm', 'run', 'lnt']])).toEqual([])
    const written = planOf('b > a', { tasks: { a: later, b: ADDS } })
    const reversed = { ...written, tasks: written.tasks.toReversed() }
    expect(lintPlan(reversed, defaultSettings, { files: null, scripts: SCRIPTS }).problems).toEqual([])
  })

  it('is one, if only a task after it may add the script', () =>
    expect(problemsOf('a > b', { a: checked('npm', 'run', 'lnt'), b: ADDS })).toEqual(MISSING))

  it.each([
    ['npm', 'run', 'lint'],
    ['npm', 'test', '--', 'a.test.ts'],
    ['npm', 'run', 'env'],
    ['npm', 'run', 'build', '-w', 'web'],
    ['npm', 'run', 'build', '--workspace=web'],
    ['npm', '--prefix', 'web', 'run', 'build'],
    ['npm', 'run', 'build', '--if-present'],
    ['pnpm', '-r', 'run', 'build'],
    ['pnpm', 'run', '/^build:/'],
    ['yarn', 'run', 'eslint'],
    ['bun', 'run', 'check.ts'],
    ['npx', 'vitest'],
  ])('is none, if the script is there or may be elsewhere: %s %s %s', (...argv) => expect(accepts(...argv)).toEqual([]))

  it('is none, if nothing is known of the scripts', () =>
    expect(problemsOf('a', { a: checked('npm', 'run', 'lnt') }, null)).toEqual([]))
})

it('reads the scripts of a package.json, and nothing of one that is broken', () => {
  expect(scriptsIn('{"scripts":{"test":"x"},"name":"y"}')).toEqual(['test'])
  expect(scriptsIn('{"name":"y"}')).toEqual([])
  for (const text of ['', '{', '[]', '{"scripts":1}']) expect(scriptsIn(text)).toBeNull()
})
