import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { deflateSync } from 'node:zlib'
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

/** Objects are written as git writes them, without its process: some tests make hundreds. */
function writeObject(repo: string, kind: 'blob' | 'tree' | 'commit', content: Buffer): string {
  const object = Buffer.concat([Buffer.from(`${kind} ${content.length}\0`), content])
  const sha = createHash('sha1').update(object).digest('hex')
  const folder = join(existsSync(join(repo, 'objects')) ? repo : join(repo, '.git'), 'objects', sha.slice(0, 2))
  const file = join(folder, sha.slice(2))
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, deflateSync(object, { level: 1 }))
  }
  return sha
}

const blob = (repo: string, text: string): string => writeObject(repo, 'blob', Buffer.from(text))

function treeEntry(repo: string, entry: TreeLiteral[string]): { mode: string; sha: string } {
  if (typeof entry === 'string') return { mode: '100644', sha: blob(repo, entry) }
  if ('link' in entry) return { mode: '120000', sha: blob(repo, entry.link) }
  if ('program' in entry) return { mode: '100755', sha: blob(repo, entry.program) }
  if ('commit' in entry) return { mode: '160000', sha: entry.commit }
  return { mode: '40000', sha: tree(repo, entry.folder) }
}

/** Written as it is, also with names that git itself would refuse; in git's order, in which a folder's name ends with `/`. */
export function tree(repo: string, literal: TreeLiteral): string {
  const entries = Object.entries(literal).map(([name, entry]) => {
    const { mode, sha } = treeEntry(repo, entry)
    const bytes = Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(sha, 'hex')])
    return { key: Buffer.from(mode === '40000' ? `${name}/` : name), bytes }
  })
  const sorted = entries.toSorted((one, other) => Buffer.compare(one.key, other.key))
  return writeObject(repo, 'tree', Buffer.concat(sorted.map(({ bytes }) => bytes)))
}

export function commit(
  repo: string,
  literal: TreeLiteral,
  parents: readonly string[] = [],
  message = 'A commit',
): string {
  const by = 'Mona <mona@example.com> 1700000000 +0000'
  const head = [`tree ${tree(repo, literal)}`, ...parents.map((parent) => `parent ${parent}`)]
  const lines = [...head, `author ${by}`, `committer ${by}`, '', `${message}\n`]
  return writeObject(repo, 'commit', Buffer.from(lines.join('\n')))
}

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

const SETTINGS = '[uploadpack]\n  allowFilter\n  allowAnySHA1InWant\n[gc]\n  auto = 0\n[receive]\n  autogc = false\n'

let made: string | null = null
/** Made once, and copied: hundreds of tests want one. */
function emptyRemote(): string {
  if (made !== null && existsSync(made)) return made
  made = mkdtempSync(join(tmpdir(), 'tributary-empty-'))
  git(made, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', '.'])
  appendFileSync(join(made, 'config'), SETTINGS)
  return made
}

/** A remote as GitHub keeps them: bare, and it hands out any commit by its id. */
export function bareRemote(dir: string = join(tempDir(), 'remote.git')): BareRemote {
  cpSync(emptyRemote(), dir, { recursive: true })
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
