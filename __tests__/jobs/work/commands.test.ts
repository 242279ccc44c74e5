import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stopwatch } from '../../../src/jobs/work/commands.ts'
import { failingPlaces } from '../../../src/render/markdown/failing-lines.ts'
import { tempDir } from '../../support/git.ts'
import { ran, saidSandbox } from '../../support/said-sandbox.ts'

it('names files in the output of a command as the repository does, so that an annotation can name their lines', async () => {
  const worktree = tempDir()
  const test = "import test from 'node:test'\ntest('doubles', () => {\n  throw new Error('6 is not 4')\n})\n"
  writeFileSync(join(worktree, 'double.test.mjs'), test)
  const argv = [process.execPath, '--test', '--test-reporter=spec', 'double.test.mjs']
  const runs = () => {
    const { stdout } = spawnSync(argv[0] ?? '', argv.slice(1), { cwd: worktree, encoding: 'utf8' })
    expect(stdout).toContain(`file://${worktree}/double.test.mjs:3:9`)
    return ran(stdout, { exitCode: 1 })
  }
  const env = {}
  const signal = new AbortController().signal
  const watch = stopwatch({ sandbox: saidSandbox([runs]), worktree, minutes: 1, signal, env })
  const { log } = await watch.run(argv)
  expect(log).not.toContain(worktree)
  expect(failingPlaces(log)).toContainEqual({
    path: 'double.test.mjs',
    line: 3,
    message: expect.stringContaining('6 is not 4'),
  })
})

it('joins nothing in the output of a command that stood on both sides of its folder, nor cuts a longer path', async () => {
  const worktree = join(tempDir(), 'a+b (1)')
  const said = `ghs_abc${worktree}/def /mnt${worktree}/x.ts ${worktree}/y.ts:3 "${worktree}/z.ts" \u001b[1;31m${worktree}/r.ts ${worktree}`
  const sandbox = saidSandbox([ran(said)])
  const watch = stopwatch({ sandbox, worktree, minutes: 1, signal: new AbortController().signal, env: {} })
  const { log } = await watch.run(['true'])
  expect(log).toBe(`ghs_abc${worktree}/def /mnt${worktree}/x.ts y.ts:3 "z.ts" \u001b[1;31mr.ts ${worktree}`)
})
