import type { Sha } from '../../core/ids.ts'
import type { CommitWords, Merged, Repo } from '../../ports/repo.ts'
import { lineChangedBy } from './blame.ts'
import { addedLinesBetween, shownDiff, treeChangesBetween } from './diff.ts'
import { treeWithFolder } from './folder.ts'
import { checkedSha, type LocalRepo } from './local-repo.ts'
import { authorOf, contentOf, infoOf, isWrittenAs, readCommit, writeCommit } from './objects.ts'
import { runGit } from './plumbing.ts'
import { fetchAlone, fetchCommits, importBundle } from './remote/fetch.ts'
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

async function readFile({ repo }: GitStore, commit: Sha, path: string): Promise<string | null> {
  const [known, file] = await contentOf(repo, [checkedSha(commit), `${commit}:${path}`], FILE_BYTES)
  if (known === null || known === undefined) throw new Error(`commit ${commit} is not here`)
  return file?.type === 'blob' ? file.content.toString('utf8') : null
}

async function blobOf({ repo }: GitStore, commit: Sha, path: string): Promise<Sha | null> {
  const [known, file] = await infoOf(repo, [checkedSha(commit), `${commit}:${path}`])
  if (known === null || known === undefined) throw new Error(`commit ${commit} is not here`)
  return file?.type === 'blob' ? file.sha : null
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
  const { code, stdout } = await runGit(repo, args, { codes: [0, CONFLICT] })
  const [tree, ...paths] = stdout.toString('utf8').split('\0')
  if (code === CONFLICT) return { ok: false, paths: paths.filter((path) => path !== '').toSorted() }
  const merged = checkedSha((tree ?? '').trim())
  const sha = await writeCommit(repo, { tree: merged, parents: [ours, theirs], words, at })
  return { ok: true, sha, tree: merged }
}
