import type { Sha } from '../../core/ref.ts'
import type { CommitWords, Merged } from '../../ports/repo.ts'
import { writeCommit } from './objects.ts'
import { checkedSha, type GitPlace } from './place.ts'
import { runGit } from './plumbing.ts'

const CONFLICT = 1

/** One process, which merges the trees; they and both parents are there, so that the commit can be written without git. */
export async function mergeCommits(
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
