import type { Sha } from '../../core/ids.ts'
import type { CommitWords, Merged, Repo } from '../../ports/repo.ts'
import { addedLinesBetween, treeChangesBetween } from './diff.ts'
import { fetchAlone, fetchCommits, takeBundle } from './fetch.ts'
import { contentOf, infoOf, isWrittenAs, readCommit, writeCommit } from './objects.ts'
import { checkedSha, type GitPlace } from './place.ts'
import { runGit } from './plumbing.ts'
import { secretsBetween } from './secrets.ts'
import { openSources } from './sources.ts'
import { type GitStore, listExactly, openGitStore, type StoreOptions } from './store.ts'

const FILE_BYTES = 16 * 1024 * 1024

/** Opens the orchestrator's bare repository, and makes it where it is not there yet. */
export async function openRepo(options: StoreOptions): Promise<Repo> {
  const { clock } = options
  const store = await openGitStore(options)
  const { place } = store
  return {
    fetch: (shas, refs = []) => fetchCommits(store, shas, refs),
    fetchAlone: (shas) => fetchAlone(store, shas),
    tip: async (ref) => (await listExactly(store, [ref])).get(ref) ?? null,
    treeOf: async (commit) => (await readCommit(place, commit)).tree,
    parentsOf: async (commit) => (await readCommit(place, commit)).parents,
    isWrittenAs: (commit, words) => isWrittenAs(place, commit, words),
    unbundle: (file, head) => takeBundle(store, file, head),
    commit: (tree, parents, words) => writeCommit(place, { tree, parents, words, at: clock.now() }),
    merge: (ours, theirs, words) => mergeCommits(place, [ours, theirs], words, clock.now()),
    changes: (from, to) => treeChangesBetween(place, from, to),
    addedLines: (from, to) => addedLinesBetween(place, from, to),
    findSecrets: (from, to, search) => secretsBetween(place, from, to, search),
    readFile: (commit, path) => readFile(store, commit, path),
    blobOf: (commit, path) => blobOf(store, commit, path),
    isAncestor: (ancestor, descendant) => isAncestor(store, ancestor, descendant),
    sources: (commit) => openSources(store, commit),
  }
}

async function readFile({ place }: GitStore, commit: Sha, path: string): Promise<string | null> {
  const [known, file] = await contentOf(place, [checkedSha(commit), `${commit}:${path}`], FILE_BYTES)
  if (known === null || known === undefined) throw new Error(`commit ${commit} is not here`)
  return file?.type === 'blob' ? file.content.toString('utf8') : null
}

async function blobOf({ place }: GitStore, commit: Sha, path: string): Promise<Sha | null> {
  const [known, file] = await infoOf(place, [checkedSha(commit), `${commit}:${path}`])
  if (known === null || known === undefined) throw new Error(`commit ${commit} is not here`)
  return file?.type === 'blob' ? file.sha : null
}

const NOT_AN_ANCESTOR = 1

async function isAncestor({ place }: GitStore, ancestor: Sha, descendant: Sha): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', checkedSha(ancestor), checkedSha(descendant)]
  return (await runGit(place, args, { codes: [0, NOT_AN_ANCESTOR] })).code !== NOT_AN_ANCESTOR
}

const CONFLICT = 1

/** One process, which merges the trees; they and both parents are there, so that the commit can be written without git. */
async function mergeCommits(
  place: GitPlace,
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
  const { code, stdout } = await runGit(place, args, { codes: [0, CONFLICT] })
  const [tree, ...paths] = stdout.toString('utf8').split('\0')
  if (code === CONFLICT) return { ok: false, paths: paths.filter((path) => path !== '').toSorted() }
  const merged = checkedSha((tree ?? '').trim())
  const sha = await writeCommit(place, { tree: merged, parents: [ours, theirs], words, at })
  return { ok: true, sha, tree: merged }
}
