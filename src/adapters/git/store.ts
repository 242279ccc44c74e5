import { existsSync } from 'node:fs'
import { mkdir, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../core/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import { checkedRef, checkedSha, type LocalRepo, protocolOf } from './local-repo.ts'
import { lsRefs } from './remote/protocol.ts'
import {
  type NetworkAnswer,
  type NetworkOptions,
  networkGit,
  type RemoteConnection,
  readRemote,
} from './remote/remote.ts'
import { requireGit } from './version.ts'

/** A bare repository that only ever fetched objects, and its remote. */
export type GitStore = RemoteConnection

export interface StoreOptions extends NetworkOptions {
  gitDir: string
  remoteUrl: string
  token: string
  clock: Clock
}

export async function openGitStore(options: StoreOptions): Promise<GitStore> {
  const { gitDir, remoteUrl, token, clock, seconds, signal } = options
  protocolOf(remoteUrl)
  await requireGit()
  const repo = await oneAtATime(gitDir, () => bareRepository(gitDir))
  const network = { ...(seconds === undefined ? {} : { seconds }), ...(signal === undefined ? {} : { signal }) }
  return { repo, remote: { url: remoteUrl, token }, network, clock }
}

async function bareRepository(gitDir: string): Promise<LocalRepo> {
  await mkdir(gitDir, { recursive: true, mode: 0o700 })
  if (!existsSync(join(gitDir, 'HEAD'))) await writeBare(gitDir)
  return { gitDir: await realpath(gitDir) }
}

/** Does what `git init --bare` does, without a process and without a template: no hooks, no attributes. */
async function writeBare(gitDir: string): Promise<void> {
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
    await mkdir(join(gitDir, folder), { recursive: true })
  await writeFile(join(gitDir, 'config'), '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n')
  // Written last: with this file, git takes the folder for a repository.
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n')
}

/** The remote's refs that match a pattern, and others with the same prefix. Without patterns, sends no request. */
export async function listRefs(store: GitStore, patterns: readonly string[]): Promise<Map<string, string>> {
  if (patterns.length === 0) return new Map()
  const prefixes = patterns.map((pattern) => pattern.replace(/\*.*$/, ''))
  return (await lsRefs(store.remote, prefixes, store.network.signal)) ?? listByGit(store, patterns)
}

async function listByGit(store: GitStore, patterns: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const args = ['ls-remote', '--refs', '--', store.remote.url, ...patterns]
  const { stdout } = await readRemote(store, args)
  for (const line of stdout.split('\n')) {
    const [sha, ref] = line.split('\t')
    if (sha !== undefined && ref !== undefined) found.set(ref, checkedSha(sha))
  }
  return found
}

/** Exactly these refs: git matches a pattern with the end of a name, and would also list `refs/x/refs/heads/main`. */
export async function listExactly(store: GitStore, refs: readonly string[]): Promise<Map<string, string>> {
  const found = await listRefs(store, refs.map(checkedRef))
  return new Map(refs.flatMap((ref) => [[ref, found.get(ref)] as const]).filter(isFound))
}

const isFound = (entry: readonly [string, string | undefined]): entry is [string, string] => entry[1] !== undefined

/** `words` are options of `git fetch`. A refspec writes a local ref, which tells later fetches what is present. */
export const fetchInto = (
  store: GitStore,
  words: readonly string[],
  refspecs: readonly string[],
): Promise<NetworkAnswer> =>
  oneAtATime(store.repo.gitDir, async () => {
    const options = [
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--no-auto-maintenance',
    ]
    const args = ['fetch', ...options, ...words, '--', store.remote.url, ...refspecs]
    const answer = await readRemote(store, args)
    noteOnRemote(
      store.repo,
      refspecs.flatMap((refspec) => /^\+?([0-9a-f]{40}):/.exec(refspec)?.[1] ?? []),
    )
    return answer
  })

const onRemote = new Map<string, Set<Sha>>()
const REMEMBERED = 256

/** Commits that this process fetched or pushed last: the remote has them, so that no push has to bring them. */
export const commitsOnRemote = ({ gitDir }: LocalRepo): Sha[] => [...(onRemote.get(gitDir) ?? [])]

export function noteOnRemote({ gitDir }: LocalRepo, shas: readonly Sha[]): void {
  onRemote.set(gitDir, new Set([...(onRemote.get(gitDir) ?? []), ...shas].slice(-REMEMBERED)))
}

export const pushFrom = (
  store: GitStore,
  words: readonly string[],
  refspecs: readonly string[],
): Promise<NetworkAnswer> => {
  const options = ['--porcelain', '--atomic', '--no-verify', '--no-follow-tags', '--recurse-submodules=no']
  const args = ['push', ...options, ...words, '--', store.remote.url, ...refspecs]
  return networkGit(store.repo, store.remote, args, store.network)
}

/** Two fetches into one repository fail on git's lock files, so all work on a repository is queued across callers. */
const queues = new Map<string, Promise<unknown>>()

export async function oneAtATime<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
  const before = queues.get(key) ?? Promise.resolve()
  const mine = before.then(work, work)
  const settled = mine.catch(() => {})
  queues.set(key, settled)
  try {
    return await mine
  } finally {
    if (queues.get(key) === settled) queues.delete(key)
  }
}
