import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { expect, it } from 'vitest'
import { checkedRef, checkedSha } from '../../../src/adapters/git/local-repo.ts'
import { gitText, runGit } from '../../../src/adapters/git/plumbing.ts'
import { commit, git, tempDir } from '../../support/git.ts'
import { needsLinux } from '../../support/linux.ts'
import { runningProcesses } from '../../support/processes.ts'

function bare() {
  const gitDir = tempDir()
  git(gitDir, ['init', '--quiet', '--bare', '.'])
  return { gitDir }
}

it('gives git nothing of the environment that it runs in', async () => {
  const repo = bare()
  process.env.GIT_AUTHOR_NAME = 'Somebody'
  process.env.TRIBUTARY_TEST_SECRET = 'sesame'
  try {
    const text = await gitText(repo, ['-c', 'alias.show-environment=!env', 'show-environment'])
    expect(text).not.toContain('sesame')
    expect(text).not.toContain('Somebody')
    expect(text).toContain('GIT_CONFIG_NOSYSTEM=1')
  } finally {
    delete process.env.GIT_AUTHOR_NAME
    delete process.env.TRIBUTARY_TEST_SECRET
  }
})

it('says what git said, and which command it was', async () => {
  const failed = runGit(bare(), ['cat-file', 'blob', '1'.repeat(40)])
  await expect(failed).rejects.toThrow(/^git cat-file failed \(exit code 128\): fatal: .*bad file/)
})

it('takes exit codes that were named for answers', async () => {
  const answer = await runGit(bare(), ['rev-parse', '--verify', '--quiet', 'none'], { codes: [0, 1] })
  expect(answer.code).toBe(1)
})

it('stops a command that says too much', async () => {
  const repo = bare()
  const sha = git(repo.gitDir, ['hash-object', '-w', '--stdin'], 'x'.repeat(100_000))
  await expect(runGit(repo, ['cat-file', 'blob', sha], { maxBytes: 99_999 })).rejects.toThrow('more than 99999 bytes')
  expect(await gitText(repo, ['cat-file', 'blob', sha], { maxBytes: 100_000 })).toHaveLength(100_000)
})

it('cuts what a command says, where that is enough', async () => {
  const repo = bare()
  const sha = git(repo.gitDir, ['hash-object', '-w', '--stdin'], 'x'.repeat(100_000))
  const options = { maxBytes: 99_999, whenFull: 'cut' } as const
  const { stdout, cut } = await runGit(repo, ['cat-file', 'blob', sha], options)
  expect([stdout.length, cut]).toEqual([99_999, true])
  expect((await runGit(repo, ['cat-file', 'blob', sha], { ...options, maxBytes: 100_000 })).cut).toBe(false)
})

it('stops a command that takes too long, with everything that it started', async () => {
  const repo = bare()
  const mark = join(repo.gitDir, 'mark')
  const script = `alias.slow=!(sleep 3; touch ${mark}) & echo $! > ${repo.gitDir}/pid; wait`
  await expect(runGit(repo, ['-c', script, 'slow'], { seconds: 0.5 })).rejects.toThrow('longer than 0.5 s')
  const pid = Number(readFileSync(join(repo.gitDir, 'pid'), 'utf8'))
  await expect.poll(() => isAlive(pid)).toBe(false)
  expect(existsSync(mark)).toBe(false)
})

it('a command in a work tree ends when the slot is killed', needsLinux, async () => {
  const repo = bare()
  const tree = tempDir()
  git(repo.gitDir, ['config', 'core.bare', 'false'])
  execFileSync('/usr/bin/mkfifo', [join(tree, '.gitattributes')])
  writeFileSync(join(tree, 'a'), '')
  const file = join(tempDir(), 'slot.mjs')
  const call = `runGit(${JSON.stringify({ gitDir: repo.gitDir, workTree: tree })}, ['update-index', '--add', 'a'])`
  const contents = `import { runGit } from './src/adapters/git/plumbing.ts'; await ${call}`
  const stdin = { contents, resolveDir: process.cwd() }
  buildSync({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: file, logLevel: 'silent' })
  const slot = spawn(process.execPath, [file])
  const hanging = () => runningProcesses().filter(({ args, cwd }) => args.includes('update-index') && cwd === tree)
  await expect.poll(hanging, { timeout: 10_000 }).toHaveLength(1)
  slot.kill('SIGKILL')
  await expect.poll(hanging).toEqual([])
})

it('stops a command when it is told to, and starts none afterwards', async () => {
  const repo = bare()
  const controller = new AbortController()
  const slow = runGit(repo, ['-c', 'alias.slow=!sleep 20', 'slow'], { signal: controller.signal })
  controller.abort(new Error('no more'))
  await expect(slow).rejects.toThrow('no more')
  await expect(runGit(repo, ['version'], { signal: controller.signal })).rejects.toThrow('no more')
})

it('feeds a command from a file, from a place in it on', async () => {
  const repo = bare()
  const file = join(repo.gitDir, 'text')
  writeFileSync(file, 'headerbody\n')
  const sha = await gitText(repo, ['hash-object', '-w', '--stdin'], { input: { file, from: 'header'.length } })
  expect(git(repo.gitDir, ['cat-file', 'blob', sha.trim()])).toBe('body')
  const none = runGit(repo, ['hash-object', '--stdin'], { input: { file: '/nonexistent', from: 0 } })
  await expect(none).rejects.toThrow('ENOENT')
})

it('runs no command that needs the network', async () => {
  const repo = bare()
  const other = bare()
  git(other.gitDir, ['update-ref', 'refs/heads/main', commit(other.gitDir, { a: '1\n' })])
  await expect(runGit(repo, ['fetch', `file://${other.gitDir}`, 'main'])).rejects.toThrow('not allowed')
})

it.each([
  '',
  'main',
  'refs',
  'refs/',
  'refs/heads/a..b',
  'refs/heads/a//b',
  'refs/heads/-x',
  'refs/heads/a.lock',
  'refs/heads/a.lock/b',
  'refs/heads/a/',
  'refs/heads/.a',
  'refs/heads/a b',
  'refs/heads/a\nb',
  'refs/heads/$(id)',
  'refs/heads/a:b',
  'refs/heads/a*',
  'refs/heads/a@{1}',
  '--exec=id',
])('takes %j for no ref', (ref) => {
  expect(() => checkedRef(ref)).toThrow('no ref that can be used')
})

it('takes whole ids and plain refs as they are', () => {
  for (const ref of [
    'refs/heads/main',
    'refs/tributary/42-2/log',
    'refs/heads/tributary/42/t3-retry',
    'refs/heads/v1.2_x',
  ]) {
    expect(checkedRef(ref)).toBe(ref)
  }
  expect(checkedSha('a'.repeat(40))).toBe('a'.repeat(40))
  for (const sha of ['', 'a'.repeat(39), 'A'.repeat(40), `${'a'.repeat(40)}\n`, 'HEAD']) {
    expect(() => checkedSha(sha)).toThrow('full commit id')
  }
})

const isAlive = (pid: number): boolean => runningProcesses().some((one) => one.pid === pid)
