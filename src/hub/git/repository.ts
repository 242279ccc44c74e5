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
  const run = (args: readonly string[], input?: string) =>
    runHubGit(args, input === undefined ? { cwd: dir } : { cwd: dir, input })
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

const REF_FORMAT = '%(objectname) %(objecttype) %(refname)'

function parseRefs(text: string, prefix: string): Ref[] {
  return text
    .split('\n')
    .map((entry) => entry.split(' '))
    .flatMap(([sha, type, ref]) => (sha && type && ref?.startsWith(prefix) ? [{ sha, type, ref }] : []))
}

/** Moves a ref if it is still at `old`; `old` null: it must not exist. */
export async function moveRef(git: Repository, ref: string, sha: string, old: string | null): Promise<void> {
  const moved = await git.run(['update-ref', ref, sha, old ?? '0'.repeat(40)])
  if (moved.code !== 0) throw new Refusal(409, `Reference cannot be updated: ${moved.stderr.trim()}`)
}
