import type { Sha } from '../../core/ref.ts'
import type { Repo } from '../../ports/repo.ts'
import { contentOf, infoOf } from './batch.ts'
import { takeBundle } from './bundle.ts'
import { addedLinesBetween, changesBetween } from './diff.ts'
import { fetchAlone, fetchCommits } from './fetch.ts'
import { mergeCommits } from './merge.ts'
import { isWrittenAs, readCommit, writeCommit } from './objects.ts'
import { checkedSha } from './place.ts'
import { runGit } from './plumbing.ts'
import { secretsBetween } from './secrets.ts'
import { openSources } from './sources.ts'
import { listExactly, openStore, type Store, type StoreOptions } from './store.ts'

const FILE_BYTES = 16 * 1024 * 1024

/** Opens the orchestrator's bare repository, and makes it where it is not there yet. */
export async function openRepo(options: StoreOptions): Promise<Repo> {
  const { clock } = options
  const store = await openStore(options)
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
    changes: (from, to) => changesBetween(place, from, to),
    addedLines: (from, to) => addedLinesBetween(place, from, to),
    findSecrets: (from, to, search) => secretsBetween(place, from, to, search),
    readFile: (commit, path) => readFile(store, commit, path),
    blobOf: (commit, path) => blobOf(store, commit, path),
    isAncestor: (ancestor, descendant) => isAncestor(store, ancestor, descendant),
    sources: (commit) => openSources(store, commit),
  }
}

async function readFile({ place }: Store, commit: Sha, path: string): Promise<string | null> {
  const [known, file] = await contentOf(place, [checkedSha(commit), `${commit}:${path}`], FILE_BYTES)
  if (known === null || known === undefined) throw new Error(`commit ${commit} is not here`)
  return file?.type === 'blob' ? file.content.toString('utf8') : null
}

async function blobOf({ place }: Store, commit: Sha, path: string): Promise<Sha | null> {
  const [known, file] = await infoOf(place, [checkedSha(commit), `${commit}:${path}`])
  if (known === null || known === undefined) throw new Error(`commit ${commit} is not here`)
  return file?.type === 'blob' ? file.sha : null
}

const NOT_AN_ANCESTOR = 1

async function isAncestor({ place }: Store, ancestor: Sha, descendant: Sha): Promise<boolean> {
  const args = ['merge-base', '--is-ancestor', checkedSha(ancestor), checkedSha(descendant)]
  return (await runGit(place, args, { codes: [0, NOT_AN_ANCESTOR] })).code !== NOT_AN_ANCESTOR
}
