import { matches } from '../../core/glob.ts'
import type { Tracked } from '../../ports/tracked.ts'
import { grep, type Wanted } from './grep.ts'
import type { GitPlace } from './place.ts'
import { gitText } from './plumbing.ts'

/** A fifo in the place of a `.gitignore` makes git wait for ever. */
const SECONDS = 20

/** Every file that git tracks, or would; a repository inside this one is none. */
export async function trackedPaths(place: GitPlace): Promise<string[]> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const paths = (await gitText(place, args, { seconds: SECONDS })).split('\0')
  return paths.filter((path) => path !== '' && !path.endsWith('/')).toSorted()
}

/**
 * Twice, since git leaves out what it tracks and ignores, where it is told to look at new files too. Binary files as well:
 * what git calls so may be a text that the repository's attributes hide.
 */
export async function holding(
  place: GitPlace,
  pattern: string,
  wanted: Wanted,
): Promise<Awaited<ReturnType<Tracked['holding']>>> {
  const paths = new Set<string>()
  for (const of of [[], ['--untracked']]) {
    const found = await grep(place, pattern, wanted, { show: ['-a', '--files-with-matches'], of })
    if (!found.ok) return { ok: false, why: found.error }
    for (const path of found.value.stdout.toString('utf8').split('\0').slice(0, -1)) paths.add(path)
  }
  const { glob } = wanted
  return { ok: true, paths: [...paths].filter((path) => glob === null || matches([glob], path)).toSorted() }
}
