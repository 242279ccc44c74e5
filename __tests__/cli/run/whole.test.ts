import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { createCheckout, git, removeFolder, temporary } from '../../hub/support/repository.ts'
import { onDisk } from '../../support/on-disk.ts'
import { PACE } from '../../support/pace.ts'
import { blocksOf } from '../../support/readme.ts'
import { needsSandbox } from '../../support/sandbox.ts'

const cli = join(import.meta.dirname, '..', '..', '..', 'dist', 'cli.js')
const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'on-your-machine.md'), 'utf8')

/** The plan that the page shows, with its second task left to an agent. */
const PLAN = blocksOf(page, 'tributary')
  .join()
  .replace(/^ +run: .*greeting.*\n/m, '')

/** Stands where an agent would: it must be called as `--agent codex` calls it, with its login and a brief. */
const AGENT = `#!/bin/sh
[ "$1" = exec ] && [ -n "$CODEX_API_KEY" ] && grep -q 'guide' || exit 3
mkdir -p docs && echo "# How we greet" > docs/greeting.md
`

/** In this environment git, bubblewrap and the stand-in are on the PATH, and no key of a model is. */
function setting() {
  const folder = temporary('run-whole')
  const repository = createCheckout({ 'README.md': '# Demo\n', '.gitignore': 'ignored/\n' })
  onTestFinished(() => [folder, repository].forEach(removeFolder))
  // A sandbox has a `/dev` of its own, where temporary files may lie.
  const bin = mkdtempSync(join(onDisk(), 'run-whole-bin-'))
  onTestFinished(() => removeFolder(bin))
  writeFileSync(join(bin, 'codex'), AGENT)
  chmodSync(join(bin, 'codex'), 0o755)
  writeFileSync(join(folder, 'plan.yml'), PLAN)
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: join(folder, 'home'),
    XDG_STATE_HOME: join(folder, 'state'),
    GIT_CONFIG_GLOBAL: '/dev/null',
    CODEX_API_KEY: 'sk-of-a-test-0123456789',
  }
  return { folder, repository, env }
}

const upSchema = z.object({
  link: z.url(),
  url: z.url(),
  api: z.url(),
  owner: z.string(),
  repo: z.string(),
  token: z.string(),
  data: z.string(),
  agents: z.array(z.string()),
  started: z.boolean(),
})

/** Starts `tributary up --json` and gives its line. */
async function up(
  cwd: string,
  env: Record<string, string>,
): Promise<{ child: ChildProcess; ended: Promise<number>; said: z.infer<typeof upSchema> }> {
  const child = spawn(process.execPath, [cli, 'up', '--json'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)))
  let text = ''
  for await (const chunk of child.stdout) {
    text += String(chunk)
    if (text.includes('\n')) break
  }
  return { child, ended, said: upSchema.parse(JSON.parse(text)) }
}

/** All that could have been touched: files and their contents, what git says of them, the branch, and all refs. */
const stateOf = (repository: string) => ({
  files: readdirSync(repository).toSorted(),
  own: readFileSync(join(repository, 'draft.txt'), 'utf8'),
  status: git(repository, 'status', '--porcelain', '--ignored'),
  head: git(repository, 'symbolic-ref', 'HEAD'),
  main: git(repository, 'rev-parse', 'main'),
})

it('runs a plan in any repository, leaves a branch, and `up` goes on with the same data, once for a repository', {
  ...needsSandbox,
  timeout: 300_000 * PACE,
}, async () => {
  const { folder, repository, env } = setting()
  writeFileSync(join(repository, 'draft.txt'), 'not committed\n')
  const before = stateOf(repository)
  const words = ['run', '--plan', join(folder, 'plan.yml'), '--yes', '--agent', 'codex']
  const options = { cwd: repository, env, encoding: 'utf8' as const }
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...words], options)

  expect(stdout).toMatch(/o guide {2}<- hello/)
  expect(stdout).toMatch(/you +\/approve [0-9a-f]{12}\n/)
  expect(stdout).toMatch(/guide landed\n/)
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(
    'The result is the branch tributary/1: `git diff main...tributary/1` shows it, `git merge tributary/1` merges it.',
  )
  expect(git(repository, 'diff', '--name-status', 'main...tributary/1')).toBe('A\tdocs/greeting.md\nA\thello.txt')
  expect(git(repository, 'show', 'tributary/1:docs/greeting.md')).toBe('# How we greet')
  expect(stateOf(repository)).toEqual(before)
  expect(git(repository, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main\nrefs/heads/tributary/1')

  const both = await Promise.all([up(repository, env), up(repository, env)])
  const [one, other] = both.map(({ said }) => said)
  expect(one?.url).toBe(other?.url)
  expect(both.map(({ said }) => said.started).toSorted()).toEqual([false, true])
  expect(one?.agents).toContain('codex')
  const issue = await fetch(`${one?.api}/repos/${one?.owner}/${one?.repo}/issues/1`, {
    headers: { authorization: `token ${one?.token}` },
  })
  expect(await issue.json()).toMatchObject({ title: 'Greet the world' })
  const serving = both.find(({ said }) => said.started)
  serving?.child.kill('SIGINT')
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual([0, 0])
  expect(stateOf(repository)).toEqual(before)
})
