import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js')
/** A busy machine is given time, so that one test says that it was slow, and not all of them. */
const PATIENCE = 200

const started = (command: string, ...words: string[]) =>
  spawnSync(command, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: (PATIENCE + 20) * 1000 })

describe.each([
  ['npm run demo', []],
  ['npm run demo -- --agents', ['--agents']],
])('%s', (_, options) => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-demo-test-'))
  const repository = join(folder, 'hub', 'repository.git')
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const git = (...words: string[]): string[] =>
    started('git', '-C', repository, ...words)
      .stdout.trim()
      .split('\n')

  let shown: ReturnType<typeof started>
  beforeAll(
    () => {
      shown = started(process.execPath, CLI, 'demo', ...options, '--folder', folder, '--seconds', `${PATIENCE}`)
    },
    (PATIENCE + 30) * 1000,
  )

  /** What stands under a heading of the closing words. */
  const section = (title: string): string[] => {
    const [, rest = ''] = shown.stdout.split(`\n${title}\n${'-'.repeat(title.length)}\n`)
    return rest.split('\n\n')[0]?.trim().split('\n') ?? []
  }

  it('ends by itself, and well', () => {
    expect(shown.stderr).toBe('')
    expect(shown.status).toBe(0)
  })

  it('takes less than two minutes', () => {
    expect(Number(/([0-9.]+) s from the issue to the merge/.exec(shown.stdout)?.[1])).toBeLessThan(110)
  })

  it('runs the tests of the shop before and after, and there are more of them after', () => {
    const [before = 0, after = 0] = [...shown.stdout.matchAll(/(\d+) tests pass (?:before|after)/g)].map(([, count]) =>
      Number(count),
    )
    expect(before).toBeGreaterThan(10)
    expect(after).toBeGreaterThan(before)
  })

  it('has a check for each task and one for the run, all of them a success', () => {
    const checks = section('The checks')
    expect(checks).toHaveLength(13)
    expect(checks.filter((line) => !line.startsWith('success'))).toEqual([])
  })

  it('refuses the outsider', () => {
    expect(section('The thread').filter((line) => line.includes('`not-permitted`'))).toHaveLength(1)
  })

  it('says which sandbox was used', () => {
    expect(shown.stdout).toMatch(/sandbox: bubblewrap [0-9.]+/)
  })

  it('merges each task and the gate under its own name, and the new package is there', () => {
    const named = git('log', '--format=%(trailers:key=Tributary-Task,valueonly,separator=%x2C)', 'main')
    expect(new Set(named.filter((id) => id !== '')).size).toBe(12)
    expect(git('show', 'main:packages/money/money.js').join('\n')).toContain('export function money(')
  })

  it('leaves the journal, and no branch but the default one and trunk', () => {
    expect(git('for-each-ref', '--format=%(refname)', 'refs/tributary/*/log')).toEqual(['refs/tributary/1/log'])
    expect(git('for-each-ref', '--format=%(refname)', 'refs/heads').filter((ref) => !ref.endsWith('/trunk'))).toEqual([
      'refs/heads/main',
    ])
  })

  it('shows where to look, and there is something to see', () => {
    const log = started(process.execPath, CLI, 'log', '1', '--repo', repository)
    expect(log.status).toBe(0)
    expect(log.stdout).toContain('12 of 12 tasks landed')
  })
  it('plans and works with agents only where it is told to, and then says what they cost', () => {
    const log = git('log', '--format=%b', 'refs/tributary/1/log').join('\n')
    const withAgents = options.length > 0
    expect(shown.stdout.includes('A scripted model on')).toBe(withAgents)
    expect(log.includes('"type":"task_planned"')).toBe(withAgents)
    expect(log.includes('"handOff"')).toBe(withAgents)
    expect(log.match(/"role":"work"/g)?.length ?? 0).toBe(withAgents ? 11 : 0)
    expect(log.includes('"type":"change_described"')).toBe(withAgents)
  })
})
