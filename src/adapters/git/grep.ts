import { matches, plainGlobs } from '../../core/plan/glob.ts'
import { err, ok, type Result } from '../../core/result.ts'
import { searchPattern, searchText } from '../../core/text/search-pattern.ts'
import type { Tracked } from '../../ports/sources.ts'
import type { GitPlace } from './place.ts'
import { type GitAnswer, gitText, runGit } from './plumbing.ts'

export interface GrepOptions {
  literal: boolean
  glob: string | null
}

const SECONDS = 20
const OUTPUT_BYTES = 8 * 1024 * 1024
const NOTHING_FOUND = 1
const NOT_UNDERSTOOD = 128

/** Looks for a pattern in the files of a commit or, where `of` names none, in those of the work tree. */
export async function grep(
  place: GitPlace,
  pattern: string,
  { literal, glob }: GrepOptions,
  { show, of }: { show: readonly string[]; of: readonly string[] },
): Promise<Result<GitAnswer, string>> {
  const checked = literal ? searchText(pattern) : searchPattern(pattern)
  if (!checked.ok) return err(`The pattern cannot be used: ${checked.error}`)
  const plain = ['--no-color', '--no-column', '--no-heading', '--no-break', '--no-recurse-submodules', '-z']
  const words = [...plain, ...show, literal ? '-F' : '-E', '-e', checked.value, ...of, '--', ...pathspecs(glob)]
  const late = AbortSignal.timeout(SECONDS * 1000)
  try {
    return understood(
      await runGit(place, ['grep', ...words], {
        codes: [0, NOTHING_FOUND, NOT_UNDERSTOOD],
        maxBytes: OUTPUT_BYTES,
        whenFull: 'cut',
        signal: late,
      }),
    )
  } catch (error) {
    if (late.aborted) return err(`The search took longer than ${SECONDS} seconds: look for less, or in fewer files`)
    throw error
  }
}

function understood(answer: GitAnswer): Result<GitAnswer, string> {
  if (answer.code !== NOT_UNDERSTOOD) return ok(answer)
  const [said = ''] = answer.stderr.split('\n')
  return err(`The pattern cannot be used: ${said.replace(/^fatal: (?:command line, )?/, '').slice(0, 300)}`)
}

/** At least the files that the glob matches; what git takes for more is left out by whoever asked. */
function pathspecs(glob: string | null): string[] {
  if (glob === null) return []
  return plainGlobs(glob).flatMap(spellings).map(pathspec)
}

/** `a/**` matches a file `a`, which git does not think. */
function spellings(glob: string): string[] {
  const bare = glob.replace(/(?:\/\*\*)+$/, '')
  return bare === glob ? [glob] : [glob, bare]
}

const pathspec = (glob: string): string =>
  `:(top,glob)${glob.replaceAll('\0', '?').replace(/[^\w*?/.-]/gu, (sign) => `\\${sign}`)}`

/** A fifo in the place of a `.gitignore` makes git wait for ever. */
const LIST_SECONDS = 20

/** Every file that git tracks, or would; a repository inside this one is none. */
export const trackedPaths = (place: GitPlace): Promise<string[]> => listed(place, ['--cached', '--others'])

/**
 * Of what git tracks, what it finds, also in files that the repository's attributes call binary; what it does not track
 * yet is little, and may all be looked at.
 */
export async function holding(
  place: GitPlace,
  pattern: string,
  wanted: GrepOptions,
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
  const paths = (await gitText(place, args, { seconds: LIST_SECONDS })).split('\0')
  return paths.filter((path) => path !== '' && !path.endsWith('/')).toSorted()
}
