import { describe, expect, it } from 'vitest'
import type { Task } from '../../../src/core/plan/plan.ts'
import { type BaseFacts, staticNotes } from '../../../src/core/plan/static-notes.ts'
import { agentPlan } from '../../support/planning.ts'

const base: BaseFacts = {
  files: new Set(['test/a.test.ts', 'tools/check.sh']),
  network: false,
}
const sound = { goal: 'Do it', acceptance: { argv: ['npm', 'test'], expect: '' } }
const notesOn = (task: Partial<Task>, facts = base, verification = [{ argv: ['npm', 'test'] }]) =>
  staticNotes(agentPlan('a, b', { verification, tasks: { a: { ...sound, ...task }, b: sound } }), facts)
const accepts = (...argv: string[]) => notesOn({ acceptance: { argv, expect: '' } })

describe('what is said of a plan before anything of it runs', () => {
  it('is nothing, if it is sound', () => {
    expect(notesOn({})).toEqual([])
    for (const argv of [
      ['npm', 'run', 'lint'],
      ['sh', 'tools/check.sh', 'a'],
      ['npx', 'vitest', 'run', 'test/a.test.ts'],
      ['go', 'test', './...'],
      ['cargo', 'test'],
      ['git', 'diff', '--check'],
      ['npx', '--no-install', 'tsc'],
      ['python3', '-m', 'pytest'],
      ['sh', '-c', 'npm run build && npm test'],
    ])
      expect([argv, accepts(...argv)]).toEqual([argv, []])
  })

  it.each([
    ['true'],
    ['echo', 'done'],
    [':'],
    ['exit', '0'],
    ['sh', '-c', 'true'],
    ['bash', '-lc', 'npm test || true'],
    ['sh', '-c', 'npm test; exit 0'],
  ])('is that it proves nothing: %s %s', (...argv) => {
    expect(accepts(...argv)).toEqual([expect.stringMatching(/^The acceptance of `a`, .* proves nothing$/)])
  })

  it.each([
    ['npm', 'ci'],
    ['npm', 'install', 'left-pad'],
    ['pip', 'install', '-r', 'x.txt'],
    ['go', 'get', './...'],
    ['curl', 'https://x.example'],
    ['git', 'fetch'],
    ['npx', '-y', 'left-pad'],
    ['npm', 'exec', '--yes', 'left-pad'],
    ['pnpm', 'dlx', 'left-pad'],
    ['python3', '-m', 'pip', 'install', 'x'],
    ['bash', '-c', 'npm ci && npm test'],
  ])('is that the sandbox has no network: %s %s', (...argv) => {
    expect(accepts(...argv)).toEqual([expect.stringContaining('needs a network')])
    const reaching = notesOn({ acceptance: { argv, expect: '' } }, { ...base, network: true })
    expect(reaching.filter((note) => note.includes('network'))).toEqual([])
  })

  it('is that a file is not there, unless a task makes it', () => {
    expect(accepts('sh', 'tools/chek.sh')).toEqual([
      expect.stringContaining('names `tools/chek.sh`, which does not exist'),
    ])
    expect(notesOn({ writes: ['tools/**'], acceptance: { argv: ['sh', 'tools/new.sh'], expect: '' } })).toEqual([])
    expect(notesOn({}, base, [{ argv: ['sh', 'tools/chek.sh'] }])).toEqual([
      expect.stringMatching(/^The verification names /),
    ])
  })

  it('is that a program is not there which is named by its path, unless a task or a set-up makes it', () => {
    for (const argv of [['./gradlew', 'test'], ['bin/check'], ['sh', './tools/chek.sh']])
      expect([argv, accepts(...argv)]).toEqual([argv, [expect.stringContaining('which does not exist')]])
    for (const argv of [['./tools/check.sh'], ['./node_modules/.bin/vitest', 'run'], ['/usr/bin/env', 'node']])
      expect([argv, accepts(...argv)]).toEqual([argv, []])
    expect(notesOn({ writes: ['gradlew'], acceptance: { argv: ['./gradlew'], expect: '' } })).toEqual([])
  })

  it('is that the program of a task needs a network which it has not', () => {
    expect(notesOn({ run: ['npm', 'ci'] })).toEqual([
      'The program of `a`, `npm ci`, needs a network, and the sandbox has none',
    ])
    expect(notesOn({ run: ['npm', 'ci'] }, { ...base, network: true })).toEqual([])
  })

  it('is nothing of files, if the paths of the base are not known', () =>
    expect(notesOn({ acceptance: { argv: ['sh', 'tools/chek.sh'], expect: '' } }, { ...base, files: null })).toEqual(
      [],
    ))

  it('is that an agent has no goal', () =>
    expect(notesOn({ goal: ' ' })).toEqual(['`a` has no goal: its agent has only the title']))

  it('is bounded', () => {
    const tasks = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`t${n}`, { goal: '' }]))
    const plan = agentPlan(Object.keys(tasks).join(', '), { tasks, verification: [] })
    const notes = staticNotes(plan, base)
    expect([notes.length, notes.at(-1)]).toEqual([21, '80 more remarks of this kind'])
  })
})
