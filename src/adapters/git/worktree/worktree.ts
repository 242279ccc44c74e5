import { execFile } from 'node:child_process'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Sha } from '../../../core/ids.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { CommitWords } from '../../../ports/repo.ts'
import type { CommitSources, Files, Tracked } from '../../../ports/sources.ts'
import type { CheckpointPart, Worktree } from '../../../ports/worktree.ts'
import { diffOfCommit, parentOfFetched, shownDiff } from '../diff.ts'
import { candidates, trackedPaths } from '../grep.ts'
import { checkedSha, type LocalRepo } from '../local-repo.ts'
import type { Name } from '../name.ts'
import { infoOf, readCommit, writeCommit, writeHead, writeRef } from '../objects.ts'
import { gitText, runGit } from '../plumbing.ts'
import { missingCommits } from '../remote/fetch.ts'
import { fetchPack } from '../remote/fetch-pack.ts'
import type { NetworkOptions } from '../remote/remote.ts'
import { secretsBetween } from '../secrets.ts'
import { openSources } from '../sources.ts'
import { fetchInto, type GitStore } from '../store.ts'
import { requireGit } from '../version.ts'
import { treeInProgress } from './checkpoint.ts'
import { type KnownIndex, knownIndex } from './index-names.ts'
import { type KeptFiles, readKeptFiles, restoreKeptFiles } from './kept-files.ts'
import { keptFolders } from './kept-folders.ts'
import { dropSparseIndex, type Lacks, lacksOf, removeStaleLocks, takeOver } from './set-up.ts'
import { type KnownFolders, sweep } from './special-files.ts'
import { stageAll } from './staging.ts'
import { resetSubmodules, type Submodule, submoduleNotices, submodulesIn } from './submodules.ts'
import {
  changedPaths,
  type IgnoredEntries,
  ignoredEntries,
  isIgnored,
  putBack,
  readConfiguration,
  removeUntracked,
  restoreConfiguration,
} from './worktree-state.ts'

export interface WorktreeOptions extends NetworkOptions {
  /** An existing checkout, with its `.git` inside. */
  dir: string
  remoteUrl: string
  token: string
  clock: Clock
  /** Opens the files of a folder, given what git knows of them. */
  openFiles(root: string, tracked: Tracked): Files
}

interface OpenWorktree {
  store: GitStore
  repo: LocalRepo & { workTree: string }
  /** Restores git's configuration, which a task may have changed. */
  restore(): Promise<void>
  index: KnownIndex
  /**
   * That, and removes special files; called before each git command that reads the files, when no command of a task runs.
   * Returns what the index does not have.
   */
  guard(): Promise<Name[]>
  /** Entries that git ignored before any task: those of the workflow's own steps, and of the set-up too. They survive every clean-up. */
  first: IgnoredEntries
  kept: IgnoredEntries
  /** Of these, what is no folder, as it was then. */
  firstFiles: KeptFiles
  keptFiles: KeptFiles
  prepared: Sha | null
  /** The newest base that was fetched. */
  fetched: Sha | null
  notices: string[]
  lacks: Lacks
  /** As the checkout left them; and as the base of `prepared` has them. */
  submodules: { first: readonly Submodule[]; now: readonly Submodule[] }
}

export async function openWorktree(options: WorktreeOptions): Promise<Worktree> {
  await requireGit()
  const worktree = await readWorktree(options)
  const files = options.openFiles(worktree.repo.workTree, trackedIn(worktree))
  return {
    path: worktree.repo.workTree,
    notices: worktree.notices,
    prepare: (sha) => prepare(worktree, checkedSha(sha)),
    setUp: (sha, work) => setUp(worktree, checkedSha(sha), work),
    keptFolders: () => keptFolders(worktree.repo, worktree.kept, worktree.guard),
    resume: (ref, head) => resume(worktree, ref, head),
    commitAll: (words) => commitAll(worktree, words),
    checkpoint: (words, part) => checkpoint(worktree, files, words, part),
    putBack: async (keeps) => putBack(worktree.repo, preparedOf(worktree), await treeHash(worktree), keeps),
    removeUntracked: () => removeAll(worktree),
    treeHash: () => treeHash(worktree),
    changedPaths: (from, to) => changedPaths(worktree.repo, from, to),
    findSecrets: (from, to, search) => secretsBetween(worktree.repo, from, to, search),
    bundle: (head, base, file) => bundle(worktree, head, base, file),
    files: () => files,
    sources: (commit) => sourcesOf(worktree, checkedSha(commit)),
    diffOf: (ref, head, most) => diffOf(worktree, ref, head, most),
  }
}

async function readWorktree({ dir, remoteUrl, token, clock, seconds, signal }: WorktreeOptions): Promise<OpenWorktree> {
  const workTree = await realpath(dir)
  const gitDir = await gitDirOf(workTree)
  const repo = { gitDir, workTree }
  await removeStaleLocks(gitDir)
  const index = knownIndex(repo)
  const folders: KnownFolders = { folders: new Map(), now: Date.now }
  const left = await sweep(workTree, await index.names(), folders)
  const notices = await takeOver(repo, left)
  const first = await submodulesIn(repo, await index.names())
  notices.push(...submoduleNotices(first, first))
  const lacks = await lacksOf(gitDir)
  if (lacks.sparse) notices.push(await dropSparseIndex(gitDir))
  const configuration = await readConfiguration(gitDir)
  const network = { ...(seconds === undefined ? {} : { seconds }), ...(signal === undefined ? {} : { signal }) }
  const restore = () => restoreConfiguration(gitDir, configuration)
  const guard = async () => {
    await restore()
    return sweep(workTree, await index.names(), folders)
  }
  const store = { repo, remote: { url: remoteUrl, token }, network, clock }
  // Git would read every folder to say so.
  const ignored = left.length === 0 ? new Set<Name>() : await ignoredEntries(repo)
  const firstFiles = await readKeptFiles(workTree, ignored)
  return {
    store,
    repo,
    index,
    restore,
    guard,
    first: ignored,
    kept: ignored,
    firstFiles,
    keptFiles: firstFiles,
    prepared: null,
    fetched: null,
    notices,
    lacks,
    submodules: { first, now: first },
  }
}

async function gitDirOf(workTree: string): Promise<string> {
  const gitDir = join(workTree, '.git')
  const repo = { gitDir, workTree }
  return realpath((await gitText(repo, ['rev-parse', '--absolute-git-dir'])).trim())
}

const PREPARED_REF = 'refs/tributary/slot'
const SOURCES_REF = 'refs/tributary/sources'
const HAND_OVER_REF = 'refs/tributary/hand-over'

/** Depth 1 is enough: a slot builds on one commit, and the repository that merges has the history. */
async function prepare(worktree: OpenWorktree, sha: Sha): Promise<void> {
  const unknown = await worktree.guard()
  worktree.prepared = null
  await removeStaleLocks(worktree.repo.gitDir)
  await fetchTree(worktree, sha, PREPARED_REF)
  worktree.fetched = sha
  await unlocking(worktree, () => makeFiles(worktree, sha, unknown))
  worktree.prepared = sha
}

async function fetchTree(worktree: OpenWorktree, sha: Sha, ref: string): Promise<void> {
  const { store, repo, lacks } = worktree
  if (!lacks.partial && (await missingCommits(store, [sha])).length === 0) return
  // What a partial clone has tells the remote nothing of what it lacks.
  const again = lacks.partial ? ['--refetch'] : []
  if (!lacks.partial && (await fetchPack(store, { objects: [sha], haves: await haveOf(worktree), depth: 1 })))
    await writeRef(repo, ref, sha)
  else await fetchInto(store, ['--depth=1', ...again], [`+${sha}:${ref}`])
}

/** What the remote has too: the base before, or what was checked out first. HEAD may be a commit of a task. */
async function haveOf({ repo, fetched }: OpenWorktree): Promise<Sha[]> {
  if (fetched !== null) return [fetched]
  const [head] = await infoOf(repo, ['HEAD^{commit}'])
  return head == null ? [] : [head.sha]
}

async function sourcesOf(worktree: OpenWorktree, commit: Sha): Promise<CommitSources> {
  await worktree.guard()
  await fetchTree(worktree, commit, SOURCES_REF)
  return openSources(worktree.store, commit)
}

/** `unknown`: what the index before did not have. What only that had goes with the checkout, but for repositories in it. */
async function makeFiles(worktree: OpenWorktree, sha: Sha, unknown: readonly Name[]): Promise<void> {
  const { repo, index, kept, submodules, notices } = worktree
  const repositories = [...(await index.names()).submodules.keys()]
  await resetSubmodules(repo, submodules.now)
  await runGit(repo, ['checkout', '--quiet', '--force', '--detach', '--no-recurse-submodules', sha], { seconds: 600 })
  await index.holds((await readCommit(repo, sha)).tree)
  const names = await index.names()
  const left = repositories.filter((name) => !names.submodules.has(name)).map((name) => `${name}/`)
  await removeUntracked(repo, [...unknown, ...left], kept)
  await restoreKeptFiles(repo, worktree.keptFiles)
  submodules.now = await submodulesIn(repo, names)
  for (const notice of submoduleNotices(submodules.now, submodules.first))
    if (!notices.includes(notice)) notices.push(notice)
}

async function setUp(worktree: OpenWorktree, sha: Sha, work: () => Promise<boolean>): Promise<boolean> {
  worktree.kept = worktree.first
  worktree.keptFiles = worktree.firstFiles
  await prepare(worktree, sha)
  const isDone = await work()
  await worktree.guard()
  if (!isDone) return false
  worktree.kept = await ignoredEntries(worktree.repo)
  worktree.keptFiles = await readKeptFiles(worktree.repo.workTree, worktree.kept)
  return true
}

async function resume(worktree: OpenWorktree, ref: string, head: Sha): Promise<boolean> {
  await worktree.guard()
  const { repo, store } = worktree
  const parent = await parentOfFetched(store, ref, head)
  if (parent === null) return false
  const [before, base] = await Promise.all([readCommit(repo, parent), readCommit(repo, preparedOf(worktree))])
  if (before.tree !== base.tree) return false
  await unlocking(
    worktree,
    async () => void (await runGit(repo, ['read-tree', '-u', '--reset', head], { seconds: 600 })),
  )
  return true
}

async function removeAll(worktree: OpenWorktree): Promise<void> {
  const unknown = await worktree.guard()
  await unlocking(worktree, () => removeUntracked(worktree.repo, unknown, worktree.kept))
}

/** A command may have left folders that even their owner may not read or empty: makes them writable and tries again. */
const unlocking = ({ repo, guard }: OpenWorktree, work: () => Promise<void>): Promise<void> =>
  work().catch(async () => {
    await unlock(repo)
    await guard()
    await work()
  })

const UNLOCK_LIMIT = { timeout: 120_000, killSignal: 'SIGKILL' } as const

const unlock = ({ workTree }: OpenWorktree['repo']): Promise<unknown> =>
  promisify(execFile)('/bin/chmod', ['-R', 'u+rwX', '--', workTree], UNLOCK_LIMIT).catch(() => {})

async function commitAll(worktree: OpenWorktree, words: CommitWords): Promise<{ head: Sha; tree: Sha } | null> {
  const { repo, store } = worktree
  const parent = preparedOf(worktree)
  const tree = await treeHash(worktree)
  if (tree === (await readCommit(repo, parent)).tree) return null
  const head = await writeCommit(repo, { tree, parents: [parent], words, at: store.clock.now() })
  await writeHead(repo, head)
  return { head, tree }
}

async function checkpoint(worktree: OpenWorktree, files: Files, words: CommitWords, part: CheckpointPart) {
  const { repo, store } = worktree
  const parent = preparedOf(worktree)
  await worktree.restore()
  const tree = await treeInProgress(repo, parent, files, part)
  if (tree === (await readCommit(repo, parent)).tree) return null
  return { head: await writeCommit(repo, { tree, parents: [parent], words, at: store.clock.now() }), tree }
}

async function treeHash(worktree: OpenWorktree): Promise<Sha> {
  const { repo, index, submodules } = worktree
  const unknown = await worktree.guard()
  return stageAll(repo, { base: preparedOf(worktree), submodules: submodules.now, index, unknown })
}

function preparedOf({ prepared }: OpenWorktree): Sha {
  if (prepared === null) throw new Error('the work tree has not been prepared')
  return prepared
}

async function bundle(worktree: OpenWorktree, head: Sha, base: Sha, file: string): Promise<void> {
  await worktree.restore()
  // A ref of its own: a checkpoint may be bundled at the same time.
  const ref = `${HAND_OVER_REF}-${checkedSha(head)}`
  await writeRef(worktree.repo, ref, head)
  // Whole files: the repository that takes it in may not have the old ones that it could name the difference from.
  const args = ['-c', 'pack.window=0', 'bundle', 'create', '--quiet', '--version=2', file, ref]
  await runGit(worktree.repo, [...args, `^${checkedSha(base)}`], { seconds: 300 })
}

/** Restores git's configuration before each question. */
function trackedIn(worktree: OpenWorktree): Tracked {
  const { repo } = worktree
  return {
    async paths() {
      await worktree.guard()
      return trackedPaths(repo)
    },
    async candidates(pattern, wanted) {
      await worktree.guard()
      return candidates(repo, pattern, wanted)
    },
    async ignores(path) {
      await worktree.guard()
      return isIgnored(repo, path)
    },
    diff: async (most) => shownDiff(repo, preparedOf(worktree), await treeHash(worktree), most),
  }
}

async function diffOf(worktree: OpenWorktree, ref: string, head: Sha, most: number): Promise<string | null> {
  await worktree.guard()
  return diffOfCommit(worktree.store, ref, head, most)
}
