import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Refusal } from '../refusal.ts'
import { type GitObject, openObjectNames } from './object-names.ts'
import { type GitOutput, runHubGit } from './run.ts'

export interface Ref extends GitObject {
  ref: string
}

/** The bare repository, through git's plumbing commands. */
export interface Repository {
  readonly dir: string
  run(args: readonly string[], input?: string): Promise<GitOutput>
  /** The beginning of what git prints. */
  head(args: readonly string[], mostBytes: number): Promise<GitOutput>
  /** Throws if git fails. */
  text(args: readonly string[], input?: string): Promise<string>
  /** The object that a name resolves to, or null. */
  resolve(name: string): Promise<string | null>
  commitOf(name: string): Promise<string | null>
  object(sha: string): Promise<GitObject | null>
  refs(prefix: string): Promise<Ref[]>
  isAncestor(ancestor: string, descendant: string): Promise<boolean>
  mergeBase(one: string, other: string): Promise<string | null>
  blob(name: string): Promise<Buffer | null>
  close(): void
}

export function openRepository(dir: string): Repository {
  const known = new Map<string, Promise<GitOutput>>()
  const run = (args: readonly string[], input?: string) => {
    if (input !== undefined) return runHubGit(args, { cwd: dir, input })
    return isOfCommits(args)
      ? remember(known, args, () => runHubGit(args, { cwd: dir }))
      : runHubGit(args, { cwd: dir })
  }
  const text = async (args: readonly string[], input?: string) => {
    const answer = await run(args, input)
    if (answer.code !== 0) throw new Error(`git ${args[0]}: ${answer.stderr.trim()}`)
    return answer.stdout.toString('utf8')
  }
  const line = async (args: readonly string[]) => {
    const answer = await run(args)
    return answer.code === 0 ? answer.stdout.toString('utf8').trim() : null
  }
  const names = openObjectNames(dir)
  const resolve = async (name: string) => (await names.resolve(name))?.sha ?? null
  return {
    dir,
    run,
    head: (args, mostBytes) => runHubGit(args, { cwd: dir, mostBytes }),
    text,
    resolve,
    commitOf: (name) => resolve(`${name}^{commit}`),
    object: names.resolve,
    refs: async (prefix) => parseRefs(await text(['for-each-ref', `--format=${REF_FORMAT}`]), prefix),
    isAncestor: async (ancestor, descendant) =>
      (await run(['merge-base', '--is-ancestor', ancestor, descendant])).code === 0,
    mergeBase: (one, other) => line(['merge-base', one, other]),
    blob: async (name) => {
      const answer = await run(['cat-file', 'blob', name])
      return answer.code === 0 ? answer.stdout : null
    },
    close: names.close,
  }
}

/** Commands whose answer follows from the commits that they name. */
const PURE = ['merge-base', 'rev-list', 'merge-tree', 'diff']
const COMMITS = /^(?:\^?[0-9a-f]{40}|[0-9a-f]{40}\.\.[0-9a-f]{40}|-.*)$/

const isOfCommits = ([command = '', ...words]: readonly string[]): boolean =>
  PURE.includes(command) && words.every((word) => COMMITS.test(word))

const [MOST_REMEMBERED, LARGEST] = [500, 64 * 1024]

/** A page and each look at a pull request ask for the same again. What a missing commit made of an answer is not kept. */
function remember(known: Map<string, Promise<GitOutput>>, args: readonly string[], ask: () => Promise<GitOutput>) {
  const key = args.join(' ')
  const answer = known.get(key) ?? ask()
  if (known.size >= MOST_REMEMBERED) known.clear()
  known.set(key, answer)
  const forget = () => known.delete(key)
  answer.then(({ code, stdout }) => (code > 1 || stdout.length > LARGEST) && forget(), forget)
  return answer
}

const REF_FORMAT = '%(objectname) %(objecttype) %(refname)'

function parseRefs(text: string, prefix: string): Ref[] {
  return text
    .split('\n')
    .map((entry) => entry.split(' '))
    .flatMap(([sha, type, ref]) => (sha && type && ref?.startsWith(prefix) ? [{ sha, type, ref }] : []))
}

/** Points a ref of the hub's own at a commit, as git does: it takes no pushes. */
export async function pointRef({ dir }: Repository, ref: string, sha: string): Promise<void> {
  const path = join(dir, ref)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.lock`, `${sha}\n`)
  await rename(`${path}.lock`, path)
}

/** Moves a ref if it is still at `old`; `old` null: it must not exist. */
export async function moveRef(git: Repository, ref: string, sha: string, old: string | null): Promise<void> {
  const moved = await git.run(['update-ref', ref, sha, old ?? '0'.repeat(40)])
  if (moved.code !== 0) throw new Refusal(409, `Reference cannot be updated: ${moved.stderr.trim()}`)
}
