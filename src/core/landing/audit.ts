import type { TaskFailure } from '../failure.ts'
import type { Sha } from '../ids.ts'
import { matches } from '../plan/glob.ts'
import type { Task } from '../plan/plan.ts'
import { isProtected, protectedGlobs } from '../plan/protected-paths.ts'
import { err, ok, type Result } from '../result.ts'
import type { Settings } from '../settings.ts'
import type { SecretSearch, SecretsFound } from './secrets.ts'
import type { TreeFaults } from './tree-faults.ts'

/** Facts about the commit that a slot handed over, all read from git: nothing here is the slot's own claim. */
export interface HandedOverCommit {
  parents: readonly Sha[]
  tree: Sha
  /** Its author and message are those that a slot must write. */
  saysOurWords: boolean
  changes: readonly { path: string; oldMode: string; newMode: string; bytes: number }[]
  faults: TreeFaults
  /** Of the whole change: what looks like a secret, and the job's own secrets. */
  secrets: SecretsFound
}

const ORDINARY = ['100644', '100755', '120000', '000000']

/** The check before landing: by code, on what git holds, independent of the worker's claims. */
export function audit(
  task: Task,
  settings: Settings,
  given: { base: Sha; verifiedTree: Sha },
  it: HandedOverCommit,
): Result<null, TaskFailure> {
  if (it.parents.length !== 1 || it.parents[0] !== given.base)
    return err({
      reason: 'wrong-base',
      detail: `expected one parent, ${given.base}; found ${it.parents.join(', ') || 'none'}`,
    })
  if (it.tree !== given.verifiedTree)
    return err({
      reason: 'tree-not-verified',
      detail: `acceptance passed on ${given.verifiedTree}, the commit holds ${it.tree}`,
    })
  // GitHub acts on commit messages: it closes issues, skips workflows and credits authors.
  if (!it.saysOurWords)
    return err({
      reason: 'result-unreadable',
      detail: 'author or message of the commit are not those that a slot gives it',
    })
  const forbidden = protectedAmong(
    it.changes.map((change) => change.path),
    settings,
  )
  if (forbidden.length > 0) return err({ reason: 'protected-paths', paths: forbidden })
  const odd = it.changes.filter((change) => !ORDINARY.includes(change.newMode) || !ORDINARY.includes(change.oldMode))
  const forbiddenModes = [...odd.map((change) => change.path), ...it.faults.links]
  if (forbiddenModes.length > 0) return err({ reason: 'forbidden-mode', paths: forbiddenModes })
  const outside = it.changes.filter((change) => !matches(task.writes, change.path))
  if (outside.length > 0) return err({ reason: 'outside-paths', paths: outside.map((change) => change.path) })
  const { names, lfs } = it.faults
  if (names.length > 0) return err({ reason: 'unusable-name', detail: firstOf(names) })
  if (lfs.length > 0) return err({ reason: 'lfs-object', paths: lfs })
  const size = tooLarge(it, settings)
  if (size !== null) return err({ reason: 'too-large', detail: size })
  if (it.secrets.paths.length > 0) return err({ reason: 'secret-in-diff', paths: it.secrets.paths })
  return ok(null)
}

const SHOWN = 3

const firstOf = (faults: readonly string[]): string =>
  `${faults.slice(0, SHOWN).join('; ')}${faults.length > SHOWN ? `; and ${faults.length - SHOWN} more` : ''}`

export function protectedAmong(paths: readonly string[], settings: Settings): string[] {
  const globs = protectedGlobs(settings)
  return paths.filter((path) => isProtected(path, globs))
}

function tooLarge({ changes, secrets }: HandedOverCommit, { limits }: Settings): string | null {
  if (changes.length > limits.files) return tooMany(changes.length, limits)
  const big = changes.find((change) => change.bytes > mostBytes(change.path, limits))
  if (big !== undefined)
    return `${big.path} has ${big.bytes} bytes, and \`limits.file_kilobytes\` allows ${limits.file_kilobytes} kB`
  return secrets.unread.length > 0 ? unsearched(secrets.unread, limits) : null
}

/** Whether a package manager writes the file: which versions of what a repository depends on. */
export const isLockFile = (path: string): boolean => LOCK_FILE.test(path)

const LOCK_FILE = /(?:^|\/)(?:[^/]*[.-]lock(?:\.json|\.yaml|\.hcl|b|file)?|npm-shrinkwrap\.json|go(?:\.work)?\.sum)$/i
const LOCK_KILOBYTES = 20 * 1024

/** Maximum size of a changed file, in bytes. Lock files are large, and no one writes them by hand. */
const mostBytes = (path: string, { file_kilobytes }: Settings['limits']): number =>
  1024 * (isLockFile(path) ? Math.max(file_kilobytes, LOCK_KILOBYTES) : file_kilobytes)

export const secretSearch = (own: readonly string[], { limits, known_secrets: known }: Settings): SecretSearch => ({
  own,
  known,
  mostBytes: (path) => mostBytes(path, limits),
})

export const tooMany = (changed: number, { files }: Settings['limits']): string =>
  `${changed} files changed, and \`limits.files\` allows ${files}`

/** A file that cannot be searched for secrets fails the audit, since it may hold some. */
export const unsearched = (paths: readonly string[], { file_kilobytes }: Settings['limits']): string =>
  `${paths[0]}${paths.length > 1 ? ` and ${paths.length - 1} more` : ''} cannot be searched for secrets: \`limits.file_kilobytes\` allows ${file_kilobytes} kB a file, and all of them may have 512 MB`
