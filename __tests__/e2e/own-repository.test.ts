import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOCAL_ACTION, workflowFor } from '../../src/cli/example-files.ts'
import { nightly } from '../support/nightly.ts'
import { calm } from './support/calm.ts'
import { expectFinished } from './support/picture.ts'
import { issueWith } from './support/plan.ts'
import { filesHere, git, ROOT } from './support/repository.ts'
import { agreement, startWorld, type World } from './support/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'tributary-own-'))
/** The compiler over the files that the tasks touch: over the whole tree it takes twenty times as long, and shows no more. */
const TYPES = ['node', 'node_modules/typescript/bin/tsc', '--project', 'tsconfig.part.json']
const PART = {
  extends: './tsconfig.json',
  compilerOptions: { incremental: false },
  include: ['src/core/ids.ts', 'src/core/shout.ts', 'src/adapters/system/clock.ts'],
}

/** `node edit.mjs FILE LINE` puts a line at the end of a source, or begins a new one with it. */
const EDIT = `
import { appendFileSync } from 'node:fs'
const [file, line] = process.argv.slice(2)
appendFileSync(file, line + '\\n')
`

/** What the compiler needs, from here: neither a slot nor the test has a network to install from. */
const INSTALL = `mkdir -p node_modules/@types && for name in typescript zod @types/node undici-types; do cp -R "${ROOT}/node_modules/$name" "node_modules/$name"; done`
const SET_UP = `      - { name: Dependencies, run: '${INSTALL}' }`

let world: World
let run: string
beforeAll(async () => {
  const checkout = join(folder, 'checkout')
  execFileSync('git', ['clone', '--quiet', ROOT, checkout])
  const workflow = workflowFor(LOCAL_ACTION)
  const [before = '', after = ''] = workflow.split(/^.*Your own set-up goes here.*$/m)
  execFileSync('mkdir', ['-p', join(checkout, '.github/workflows')])
  writeFileSync(join(checkout, '.github/workflows/tributary.yml'), `${before}${SET_UP}${after}`)
  const settings = filesHere({ '.github/tributary.yml': calm() })
  for (const [path, text] of Object.entries(settings)) writeFileSync(join(checkout, path), text)
  writeFileSync(join(checkout, 'edit.mjs'), EDIT)
  writeFileSync(join(checkout, 'tsconfig.part.json'), JSON.stringify(PART))
  // A checkout without its history cannot be pushed; it begins again.
  const isShallow = git(checkout, 'rev-parse', '--is-shallow-repository') === 'true'
  git(checkout, 'checkout', '--quiet', ...(isShallow ? ['--orphan', 'own'] : ['-B', 'main']))
  if (isShallow) git(checkout, 'branch', '--quiet', '--force', '--move', 'main')
  git(checkout, 'add', '--all')
  git(checkout, 'commit', '--quiet', '--message', 'Use it here')
  world = await startWorld({ checkout })
  const edit = (file: string, line: string) => ({
    writes: [file],
    run: ['node', 'edit.mjs', file, line],
    acceptance: TYPES,
  })
  const issue = await world.openIssue(
    issueWith(
      'words > shout, clock',
      {
        words: edit('src/core/ids.ts', "export const WORDS: readonly string[] = ['run', 'task', 'trunk']"),
        // It passes the types only on a base that holds what it needs.
        shout: edit(
          'src/core/shout.ts',
          "import { WORDS } from './ids.ts'\nexport const shouted = WORDS.map((word) => word.toUpperCase())",
        ),
        clock: edit('src/adapters/system/clock.ts', 'export const startedAt: Date = systemClock.now()'),
      },
      [TYPES],
    ),
  )
  run = `${issue}`
  const { pull, planId } = await world.plan(issue)
  await world.say(pull, `/approve ${planId}`)
  await world.ended(run)
})
afterAll(async () => {
  await world.close()
  rmSync(folder, { recursive: true, force: true })
})

describe("a run on Tributary's own repository", nightly, () => {
  it('lands every task with its check a success and its pull request merged', async () => {
    const tasks = ['clock', 'shout', 'words']
    await expectFinished(world, run, {
      title: 'Done',
      checks: Object.fromEntries(tasks.map((task) => [task, 'success'])),
      pulls: { merged: tasks, closed: [] },
    })
    const { folded, state, trunkInGit, trunkInJournal } = await agreement(world, run)
    expect(state).toMatchObject({ phase: 'ended', conclusion: 'success' })
    expect(folded).toEqual(state)
    expect(trunkInGit).toBe(trunkInJournal)
  })

  it('ends with a tree whose types are right, which holds what all tasks wrote', () => {
    const tree = join(folder, 'final')
    execFileSync('git', ['clone', '--quiet', '--branch', `tributary/${run}/trunk`, world.gitDir, tree])
    execFileSync('sh', ['-c', INSTALL], { cwd: tree })
    expect(git(tree, 'diff', '--name-only', 'origin/main', 'HEAD').split('\n')).toEqual([
      'src/adapters/system/clock.ts',
      'src/core/ids.ts',
      'src/core/shout.ts',
    ])
    const types = () => execFileSync('node', TYPES.slice(1), { cwd: tree, stdio: 'pipe' })
    types()
    // The very same command tells a wrong tree from this one.
    writeFileSync(join(tree, 'src/core/shout.ts'), "export const shouted: number = 'no number'\n")
    expect(types).toThrow()
  })
})
