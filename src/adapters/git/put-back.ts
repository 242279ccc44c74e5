import type { Sha } from '../../core/ref.ts'
import { checkedSha, type GitPlace } from './place.ts'
import { gitText, runGit } from './plumbing.ts'

/** Paths are names here, never patterns. */
const LITERAL = { GIT_LITERAL_PATHSPECS: '1' }

/**
 * Makes files that are not to be kept those of the commit again, and answers with their paths. The index must hold the
 * files as they are (`tree`). Only git touches them, which follows no link that a task left.
 */
export async function putBack(
  place: GitPlace,
  commit: Sha,
  tree: Sha,
  keeps: (path: string) => boolean,
): Promise<string[]> {
  const args = ['diff-tree', '-r', '--name-only', '-z', '--no-renames', checkedSha(commit), checkedSha(tree)]
  const paths = (await gitText(place, args)).split('\0').filter((path) => path !== '' && !keeps(path))
  if (paths.length === 0) return []
  const input = paths.map((path) => `${path}\0`).join('')
  await runGit(place, ['reset', '--quiet', checkedSha(commit), '--pathspec-from-file=-', '--pathspec-file-nul'], {
    input,
    env: LITERAL,
  })
  // What the index no longer names is nobody's; a folder may stand where a file has to come back.
  await runGit(place, ['clean', '--quiet', '-ffd'], { seconds: 600 })
  await runGit(place, ['checkout-index', '--quiet', '--force', '--all'], { seconds: 600 })
  return paths
}
