import { execFile } from 'node:child_process'
import { realpath, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Sha } from '../../core/ids.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CommitWords } from '../../ports/repo.ts'
import type { Files, Tracked } from '../../ports/sources.ts'
import type { Worktree } from '../../ports/worktree.ts'
import { logOf } from './commit-log.ts'
import { diffOfCommit, shownDiff } from './diff.ts'
import { missingCommits } from './fetch.ts'
import { holding, trackedPaths } from './grep.ts'
import { readCommit, writeCommit } from './objects.ts'
import { checkedSha, type GitPlace } from './place.ts'
import { gitText, runGit } from './plumbing.ts'
import type { NetworkOptions } from './remote.ts'
import { secretsBetween } from './secrets.ts'
import { fetchInto, type GitStore } from './store.ts'
import {
  type IgnoredEntries,
  ignoredEntries,
  isIgnored,
  putBack,
  readConfiguration,
  removeUntracked,
  restoreConfiguration,
  stageAll,
} from './worktree-state.ts'

export interface WorktreeOptions extends NetworkOptions {
  /** A checkout that is there already, with its `.git` inside. */
  dir: string
  remoteUrl: string
  token: string
  clock: Clock
  /** Opens the files of a folder, given what git knows of them. */
  openFiles(root: string, tracked: Tracked): Files
}

interface Bench {
  store: GitStore
  place: GitPlace & { workTree: string }
  /** Puts back what decides how git behaves, before git is run again. */
  guard(): Promise<void>
  /** What git ignored before any task: the workflow's own steps made it. */
  kept: IgnoredEntries
  prepared: Sha | null
}

export async function openWorktree(options: WorktreeOptions): Promise<Worktree> {
  const bench = await benchOf(options)
  const files = options.openFiles(bench.place.workTree, trackedIn(bench))
  return {
    path: bench.place.workTree,
    prepare: (sha) => prepare(bench, checkedSha(sha)),
    commitAll: (words) => commitAll(bench, words),
    putBack: async (keeps) => putBack(bench.place, preparedOf(bench), await treeHash(bench), keeps),
    removeUntracked: () => removeAll(bench),
    treeHash: () => treeHash(bench),
    changedPaths: (from, to) => changedPaths(bench, from, to),
    findSecrets: (from, to, search) => secretsBetween(bench.place, from, to, search),
    bundle: (head, base, file) => bundle(bench, head, base, file),
    files: () => files,
    diffOf: (ref, head, most) => diffOf(bench, ref, head, most),
  }
}

async function benchOf({ dir, remoteUrl, token, clock, seconds, signal }: WorktreeOptions): Promise<Bench> {
  const workTree = await realpath(dir)
  const gitDir = await gitDirOf(workTree)
  const place = { gitDir, workTree }
  const configuration = await readConfiguration(gitDir)
  const network = { ...(seconds === undefined ? {} : { seconds }), ...(signal === undefined ? {} : { signal }) }
  const guard = () => restoreConfiguration(gitDir, configuration)
  const store = { place, remote: { url: remoteUrl, token }, network, clock }
  return { store, place, guard, kept: await ignoredEntries(place), prepared: null }
}

async function gitDirOf(workTree: string): Promise<string> {
  const gitDir = join(workTree, '.git')
  const place = { gitDir, workTree }
  return realpath((await gitText(place, ['rev-parse', '--absolute-git-dir'])).trim())
}

const LAST = 'refs/tributary/slot'
const HAND_OVER = 'refs/tributary/hand-over'

/** Depth 1 is enough: a slot builds on one commit, and whoever merges has the rest. */
async function prepare(bench: Bench, sha: Sha): Promise<void> {
  await bench.guard()
  bench.prepared = null
  if ((await missingCommits(bench.store, [sha])).length > 0)
    await fetchInto(bench.store, ['--depth=1'], [`+${sha}:${LAST}`])
  await rm(join(bench.place.gitDir, 'index.lock'), { force: true })
  await unlocking(bench.place, () => makeFiles(bench, sha))
  bench.prepared = sha
}

async function makeFiles({ place, kept }: Bench, sha: Sha): Promise<void> {
  await runGit(place, ['checkout', '--quiet', '--force', '--detach', '--no-recurse-submodules', sha], { seconds: 600 })
  await removeUntracked(place, kept)
}

async function removeAll(bench: Bench): Promise<void> {
  await bench.guard()
  await unlocking(bench.place, () => removeUntracked(bench.place, bench.kept))
}

/** A command may have left folders that nobody may read or empty, its owner included. */
const unlocking = (place: Bench['place'], work: () => Promise<void>): Promise<void> =>
  work().catch(async () => {
    await unlock(place)
    await work()
  })

const unlock = ({ workTree }: Bench['place']): Promise<unknown> =>
  promisify(execFile)('/bin/chmod', ['-R', 'u+rwX', '--', workTree]).catch(() => {})

async function commitAll(bench: Bench, words: CommitWords): Promise<{ head: Sha; tree: Sha } | null> {
  const { place, store } = bench
  const parent = preparedOf(bench)
  const tree = await treeHash(bench)
  if (tree === (await readCommit(place, parent)).tree) return null
  const head = await writeCommit(place, { tree, parents: [parent], words, at: store.clock.now() })
  await runGit(place, ['update-ref', '--no-deref', 'HEAD', head])
  return { head, tree }
}

async function treeHash(bench: Bench): Promise<Sha> {
  await bench.guard()
  return stageAll(bench.place, preparedOf(bench))
}

function preparedOf({ prepared }: Bench): Sha {
  if (prepared === null) throw new Error('the work tree has not been prepared')
  return prepared
}

async function changedPaths({ place }: Bench, from: Sha, to: Sha): Promise<string[]> {
  const args = ['diff-tree', '-r', '--name-only', '-z', '--no-renames', checkedSha(from), checkedSha(to)]
  return (await gitText(place, args)).split('\0').filter((path) => path !== '')
}

async function bundle(bench: Bench, head: Sha, base: Sha, file: string): Promise<void> {
  await bench.guard()
  await runGit(bench.place, ['update-ref', HAND_OVER, checkedSha(head)])
  const args = ['bundle', 'create', '--quiet', '--version=2', file, HAND_OVER, `^${checkedSha(base)}`]
  await runGit(bench.place, args, { seconds: 300 })
}

/** Nothing is asked of git before what decides how it behaves was put back. */
function trackedIn(bench: Bench): Tracked {
  const { place } = bench
  return {
    async paths() {
      await bench.guard()
      return trackedPaths(place)
    },
    async holding(pattern, wanted) {
      await bench.guard()
      return holding(place, pattern, wanted)
    },
    async log(path, most) {
      await bench.guard()
      return logOf(place, preparedOf(bench), path, most)
    },
    async ignores(path) {
      await bench.guard()
      return isIgnored(place, path)
    },
    diff: async (most) => shownDiff(place, preparedOf(bench), await treeHash(bench), most),
  }
}

async function diffOf(bench: Bench, ref: string, head: Sha, most: number): Promise<string | null> {
  await bench.guard()
  return diffOfCommit(bench.store, ref, head, most)
}
