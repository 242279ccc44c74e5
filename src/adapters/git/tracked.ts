import { matches } from '../../core/glob.ts'
import type { Tracked } from '../../ports/tracked.ts'
import { grep, type Wanted } from './grep.ts'
import type { GitPlace } from './place.ts'
import { gitText } from './plumbing.ts'

/** A fifo in the place of a `.gitignore` makes git wait for ever. */
const SECONDS = 20

/** Every file that git tracks, or would; a repository inside this one is none. */
export const trackedPaths = (place: GitPlace): Promise<string[]> => listed(place, ['--cached', '--others'])

/**
 * Of what git tracks, what it finds, also in files that the repository's attributes call binary; what it does not track
 * yet is little, and may all be looked at.
 */
export async function holding(
  place: GitPlace,
  pattern: string,
  wanted: Wanted,
): Promise<Awaited<ReturnType<Tracked['holding']>>> {
  const found = await grep(place, pattern, wanted, { show: ['-a', '--files-with-matches'], of: [] })
  if (!found.ok) return { ok: false, why: found.error }
  const tracked = found.value.stdout.toString('utf8').split('\0').slice(0, -1)
  const { glob } = wanted
  const paths = [...tracked, ...(await listed(place, ['--others']))]
  return { ok: true, paths: paths.filter((path) => glob === null || matches([glob], path)).toSorted() }
}

async function listed(place: GitPlace, which: readonly string[]): Promise<string[]> {
  const args = ['ls-files', '-z', ...which, '--exclude-standard', '--deduplicate']
  const paths = (await gitText(place, args, { seconds: SECONDS })).split('\0')
  return paths.filter((path) => path !== '' && !path.endsWith('/')).toSorted()
}
