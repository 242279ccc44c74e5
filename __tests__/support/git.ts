import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'

/** A folder that is gone after the test. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tributary-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const IDENTITY = ['AUTHOR', 'COMMITTER'].flatMap((who) => [
  [`GIT_${who}_NAME`, 'Mona'],
  [`GIT_${who}_EMAIL`, 'mona@example.com'],
  [`GIT_${who}_DATE`, '@1700000000 +0000'],
])

const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  ...Object.fromEntries(IDENTITY),
}

/** What a person would type; throws with git's words where it fails. */
export function git(cwd: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd, env: ENVIRONMENT, input, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
  return stdout.trimEnd()
}

/** A file's text, a link, a program, a submodule, or a folder of these. */
export type TreeLiteral = {
  [name: string]: string | { link: string } | { program: string } | { commit: string } | { folder: TreeLiteral }
}

function treeLine(repo: string, name: string, entry: TreeLiteral[string]): string {
  if (typeof entry === 'string') return `100644 blob ${blob(repo, entry)}\t${name}`
  if ('link' in entry) return `120000 blob ${blob(repo, entry.link)}\t${name}`
  if ('program' in entry) return `100755 blob ${blob(repo, entry.program)}\t${name}`
  if ('commit' in entry) return `160000 commit ${entry.commit}\t${name}`
  return `040000 tree ${tree(repo, entry.folder)}\t${name}`
}

const blob = (repo: string, text: string): string => git(repo, ['hash-object', '-w', '--stdin'], text)

/** Written as it is, also with names that git itself would refuse. */
export const tree = (repo: string, literal: TreeLiteral): string =>
  git(
    repo,
    ['mktree', '--missing', '-z'],
    Object.entries(literal)
      .map(([name, entry]) => `${treeLine(repo, name, entry)}\0`)
      .join(''),
  )

export const commit = (
  repo: string,
  literal: TreeLiteral,
  parents: readonly string[] = [],
  message = 'A commit',
): string =>
  git(repo, ['commit-tree', ...parents.flatMap((parent) => ['-p', parent]), '-m', message, tree(repo, literal)])

export interface BareRemote {
  dir: string
  url: string
  commit(literal: TreeLiteral, parents?: readonly string[], message?: string): string
  /** Null where the ref is not there. */
  tip(ref: string): string | null
  point(ref: string, sha: string): void
  /** `sh` lines that decide about each ref of a push: `$1` is the ref, `$2` its old tip, `$3` the new one. */
  updateHook(script: string): void
  /** The same for a whole push: lines of old tip, new tip and ref come on stdin. */
  receiveHook(script: string): void
}

/** A remote as GitHub keeps them: bare, and it hands out any commit by its id. */
export function bareRemote(dir: string = join(tempDir(), 'remote.git')): BareRemote {
  mkdirSync(dir, { recursive: true })
  git(dir, ['init', '--quiet', '--bare', '--initial-branch=main', '.'])
  for (const setting of [
    'uploadpack.allowFilter=true',
    'uploadpack.allowAnySHA1InWant=true',
    'http.receivepack=true',
  ]) {
    git(dir, ['config', ...setting.split('=')])
  }
  return {
    dir,
    url: pathToFileURL(dir).href,
    commit: (literal, parents, message) => commit(dir, literal, parents, message),
    tip: (ref) => git(dir, ['for-each-ref', '--format=%(objectname)', ref]) || null,
    point: (ref, sha) => {
      git(dir, ['update-ref', ref, sha])
    },
    updateHook: (script) => hook(dir, 'update', script),
    receiveHook: (script) => hook(dir, 'pre-receive', script),
  }
}

function hook(dir: string, name: string, script: string): void {
  mkdirSync(join(dir, 'hooks'), { recursive: true })
  writeFileSync(join(dir, 'hooks', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
}

/** So many commits in a row, the newest last. */
export function line(remote: BareRemote, count: number, from: readonly string[] = []): string[] {
  const commits: string[] = []
  for (let index = 1; index <= count; index += 1) {
    const parent = commits.at(-1)
    commits.push(
      remote.commit({ 'count.txt': `${index}\n` }, parent === undefined ? from : [parent], `Commit ${index}`),
    )
  }
  return commits
}
