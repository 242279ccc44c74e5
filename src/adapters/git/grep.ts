import { matches, plainGlobs } from '../../core/plan/glob.ts'
import { err, ok, type Result } from '../../core/result.ts'
import { searchPattern, searchText } from '../../core/text/search-pattern.ts'
import type { SearchOptions, Tracked } from '../../ports/sources.ts'
import type { LocalRepo } from './local-repo.ts'
import { type GitAnswer, gitText, runGit } from './plumbing.ts'

const SECONDS = 20
const OUTPUT_BYTES = 8 * 1024 * 1024
const NO_MATCH = 1
const BAD_PATTERN = 128

/** Searches the files of a commit for a pattern or, if `of` is empty, those of the work tree. */
export async function grep(
  repo: LocalRepo,
  pattern: string,
  { literal, ignoreCase, glob }: SearchOptions,
  { show, of }: { show: readonly string[]; of: readonly string[] },
): Promise<Result<GitAnswer, string>> {
  const checked = literal ? searchText(pattern) : searchPattern(pattern)
  if (!checked.ok) return err(`The pattern cannot be used: ${checked.error}`)
  const plain = ['--no-color', '--no-column', '--no-heading', '--no-break', '--no-recurse-submodules', '-z']
  const words = [
    ...plain,
    ...show,
    ...(ignoreCase ? ['-i'] : []),
    literal ? '-F' : '-E',
    '-e',
    checked.value,
    ...of,
    '--',
    ...pathspecs(glob),
  ]
  const deadline = AbortSignal.timeout(SECONDS * 1000)
  try {
    return patternResult(
      await runGit(repo, ['grep', ...words], {
        codes: [0, NO_MATCH, BAD_PATTERN],
        maxBytes: OUTPUT_BYTES,
        whenFull: 'cut',
        signal: deadline,
      }),
    )
  } catch (error) {
    if (deadline.aborted) return err(`The search took longer than ${SECONDS} seconds: look for less, or in fewer files`)
    throw error
  }
}

function patternResult(answer: GitAnswer): Result<GitAnswer, string> {
  if (answer.code !== BAD_PATTERN) return ok(answer)
  const [firstLine = ''] = answer.stderr.split('\n')
  return err(`The pattern cannot be used: ${firstLine.replace(/^fatal: (?:command line, )?/, '').slice(0, 300)}`)
}

/** Match at least the files that the glob matches; git may match more, so callers filter the result. */
function pathspecs(glob: string | null): string[] {
  if (glob === null) return []
  return plainGlobs(glob).flatMap(spellings).map(pathspec)
}

/** Our `a/**` also matches a file `a`; git's does not. */
function spellings(glob: string): string[] {
  const bare = glob.replace(/(?:\/\*\*)+$/, '')
  return bare === glob ? [glob] : [glob, bare]
}

const pathspec = (glob: string): string =>
  `:(top,glob)${glob.replaceAll('\0', '?').replace(/[^\w*?/.-]/gu, (sign) => `\\${sign}`)}`

/** A limit, because a fifo named `.gitignore` makes git wait for ever. */
const LIST_SECONDS = 20

/** Every file that git tracks or would track, without nested repositories. */
export const trackedPaths = (repo: LocalRepo): Promise<string[]> => listed(repo, ['--cached', '--others'])

/**
 * Files that may match: those in which git finds the pattern, also if the repository's attributes call them binary, and
 * all untracked files, which are few enough to be read.
 */
export async function candidates(
  repo: LocalRepo,
  pattern: string,
  wanted: SearchOptions,
): Promise<Awaited<ReturnType<Tracked['candidates']>>> {
  const found = await grep(repo, pattern, wanted, { show: ['-a', '--files-with-matches'], of: [] })
  if (!found.ok) return { ok: false, why: found.error }
  const tracked = found.value.stdout.toString('utf8').split('\0').slice(0, -1)
  const { glob } = wanted
  const paths = [...tracked, ...(await listed(repo, ['--others']))]
  return { ok: true, paths: paths.filter((path) => glob === null || matches([glob], path)).toSorted() }
}

async function listed(repo: LocalRepo, which: readonly string[]): Promise<string[]> {
  const args = ['ls-files', '-z', ...which, '--exclude-standard', '--deduplicate']
  const paths = (await gitText(repo, args, { seconds: LIST_SECONDS })).split('\0')
  return paths.filter((path) => path !== '' && !path.endsWith('/')).toSorted()
}
