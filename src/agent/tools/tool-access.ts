import { matches } from '../../core/plan/glob.ts'
import type { Argv } from '../../core/plan/plan.ts'
import { isProtected } from '../../core/plan/protected-paths.ts'
import { ALWAYS_PROTECTED } from '../../core/settings.ts'
import { isGitName } from '../../core/text/git-path.ts'
import { listed } from '../../core/text/quoted.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Files } from '../../ports/sources.ts'

/** A path that only looks like another one, on some file system or to some reader. */
const ODD = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2028\u2029\\]/u
const LONGEST = 1000

/**
 * Why a path is none of the repository, for reading and writing alike; null where it is one.
 */
export function whyNotPath(path: string): string | null {
  if (path === '' || path.length > LONGEST) return 'a path has 1 to 1,000 characters'
  const parts = path.split('/')
  if (isGitName(path)) return '`.git` is out of bounds'
  if (ODD.test(path)) return 'a backslash, a control character or an invisible one may not be in a path'
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path))
    return 'a path starts at the root of the repository, without a `/`'
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return 'a path has no `.`, `..` or empty part'
  if (parts.some((part) => /[. ]$/.test(part))) return 'no part of a path ends in a dot or a space'
  return null
}

/** Why a task may not change a path; null where it may. Decided before anything is touched. */
export function whyNotWritable(path: string, at: Pick<WorkPlace, 'writes' | 'protectedGlobs'>): string | null {
  const why = whyNotPath(path)
  if (why !== null) return `${why}. ${mayWrite(at.writes)}`
  if (isProtected(path, [...ALWAYS_PROTECTED, ...at.protectedGlobs]))
    return `${listed([path])} is protected: no task may change it. ${mayWrite(at.writes)}`
  if (!matches(at.writes, path)) return `${listed([path])} is none of this task's paths. ${mayWrite(at.writes)}`
  return null
}

const mayWrite = (writes: readonly string[]): string =>
  writes.length === 0 ? 'This task may change no file' : `This task may change ${listed(writes)}`

/** Where an agent works on a task, and what it may do there. None of it is an answer of a model. */
export interface WorkPlace {
  files: Files
  sandbox: Sandbox
  worktree: string
  /** Globs of the paths that the task may change. */
  writes: readonly string[]
  /** Globs that nobody may change, besides those that are always protected. */
  protectedGlobs: readonly string[]
  /** The commands of the approved plan; no other one is run. */
  commands: readonly Argv[]
  /** The plan's gate, as the journal is now: why no tool may be called; null where nothing is against it. */
  guard(): string | null
  /** Resolves once it is known well enough what the journal says now, or the signal fires. */
  fresh(signal: AbortSignal): Promise<void>
  /** Seconds that are left for the attempt. */
  seconds(): number
  /** Variables that commands see. */
  env: Readonly<Record<string, string>>
}
