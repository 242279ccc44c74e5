import type { Sha } from '../../core/ids.ts'
import type { CommitWords, Merged, Repo } from '../../ports/repo.ts'
import { lineChangedBy } from './blame.ts'
import { addedLinesBetween, filesOf, rawChanges, shownDiff, treeChangesBetween } from './diff.ts'
import { treeWithFolder } from './folder.ts'
import { checkedSha, type LocalRepo } from './local-repo.ts'
import { authorOf, contentOf, infoOf, isWrittenAs, readCommit, writeCommit } from './objects.ts'
import { gitLine, gitText, runGit } from './plumbing.ts'
import { bringFiles, lacksFiles, withFiles } from './remote/absent-files.ts'
import { importBundle } from './remote/bundle.ts'
import { fetchAlone, fetchCommits } from './remote/fetch.ts'
import { secretsBetween } from './secrets.ts'
import { openSources } from './sources.ts'
import { type GitStore, listExactly, openGitStore, type StoreOptions } from './store.ts'
import { treeFaultsBetween } from './tree-faults.ts'

const FILE_BYTES = 16 * 1024 * 1024

/** Opens the orchestrator's bare repository, and creates it if needed. */
export async function openRepo(options: StoreOptions): Promise<Repo> {
  const { clock } = options
  const store = await openGitStore(options)
  const { repo } = store
  return {
    fetch: (shas, refs = []) => fetchCommits(store, shas, refs),
    fetchAlone: (shas) => fetchAlone(store, shas),
    tip: async (ref) => (await listExactly(store, [ref])).get(ref) ?? null,
    treeOf: async (commit) => (await readCommit(repo, commit)).tree,
    parentsOf: async (commit) => (await readCommit(repo, commit)).parents,
    authorOf: (commit) => authorOf(repo, commit),
    isWrittenAs: (commit, words) => isWrittenAs(repo, commit, words),
    unbundle: (file, head) => importBundle(store, file, head),
    commit: (tree, parents, words) => writeCommit(repo, { tree, parents, words, at: clock.now() }),
    treeWithFolder: (commit, folder, from) => treeWithFolder(repo, commit, folder, from),
    merge: (ours, theirs, words) => mergeCommits(repo, [ours, theirs], words, clock.now()),
    changes: (from, to) => treeChangesBetween(repo, from, to),
    treeFaults: (base, head) => treeFaultsBetween(repo, base, head),
    addedLines: (from, to) => addedLinesBetween(repo, from, to),
    diff: (from, to, most) => shownDiff(repo, from, to, most),
    findSecrets: (from, to, search) => secretsBetween(repo, from, to, search),
    readFile: (commit, path) => readFile(store, commit, path),
    blobOf: (commit, path) => blobOf(store, commit, path),
    lineChangedBy: (commit, path, line) => lineChangedBy(store, commit, path, line),
    isAncestor: (ancestor, descendant) => isAncestor(store, ancestor, descendant),
    sources: (commit) => openSources(store, commit),
  }
}

async function readFile(store: GitStore, commit: Sha, path: string): Promise<string | null> {
  const { repo } = store
  const sha = await blobOf(store, commit, path)
  if (sha === null) return null
  await bringFiles(repo, [sha])
  const [file] = await contentOf(repo, [sha], FILE_BYTES)
  return file?.type === 'blob' ? file.content.toString('utf8') : null
}

async function blobOf({ repo }: GitStore, commit: Sha, path: string): Promise<Sha | null> {
  const [known, file] = await infoOf(repo, [checkedSha(commit), `${commit}:${path}`])
  if (known === null || known === undefined) throw new Error(`commit ${commit} is not here`)
  // Of a file that is not here, only its folder knows.
  if (file === null && lacksFiles(repo)) return blobInTree(repo, commit, path)
  return file?.type === 'blob' ? file.sha : null
}

async function blobInTree(repo: LocalRepo, commit: Sha, path: string): Promise<Sha | null> {
  const args = ['ls-tree', '-z', '--full-tree', checkedSha(commit), '--', path]
  const [entry = ''] = (await gitText(repo, args, { env: { GIT_LITERAL_PATHSPECS: '1' } })).split('\0')
  return /^\d{6} blob ([0-9a-f]{40})\t/.exec(entry)?.[1] ?? null
}

const NOT_AN_ANCESTOR = 1

async function isAncestor({ repo }: GitStore, ancestor: Sha, descendant: Sha): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', checkedSha(ancestor), checkedSha(descendant)]
  return (await runGit(repo, args, { codes: [0, NOT_AN_ANCESTOR] })).code !== NOT_AN_ANCESTOR
}

const CONFLICT = 1

/** Merges the trees with one process. The commit is written without git, since its tree and parents are known to exist. */
async function mergeCommits(
  repo: LocalRepo,
  [ours, theirs]: readonly [Sha, Sha],
  words: CommitWords,
  at: Date,
): Promise<Merged> {
  const args = [
    'merge-tree',
    '--write-tree',
    '--name-only',
    '-z',
    '--no-messages',
    checkedSha(ours),
    checkedSha(theirs),
  ]
  const mergeTree = () => runGit(repo, args, { codes: [0, CONFLICT] })
  const { code, stdout } = await withFiles(repo, mergeTree, () => changedFiles(repo, ours, theirs))
  const [tree, ...paths] = stdout.toString('utf8').split('\0')
  if (code === CONFLICT) return { ok: false, paths: paths.filter((path) => path !== '').toSorted() }
  const merged = checkedSha((tree ?? '').trim())
  const sha = await writeCommit(repo, { tree: merged, parents: [ours, theirs], words, at })
  return { ok: true, sha, tree: merged }
}

/** The files that a merge reads where both sides changed one, or moved one: those that differ from the merge base. */
async function changedFiles(repo: LocalRepo, ours: Sha, theirs: Sha): Promise<Sha[]> {
  const base = checkedSha(await gitLine(repo, ['merge-base', checkedSha(ours), checkedSha(theirs)]))
  const sides = await Promise.all([ours, theirs].map((side) => rawChanges(repo, base, side)))
  return sides.flat().flatMap(filesOf)
}
