import { matches } from '../../core/plan/glob.ts'
import type { Argv } from '../../core/plan/plan.ts'
import { isProtected } from '../../core/plan/protected-paths.ts'
import { type AgentCommands, ALWAYS_PROTECTED } from '../../core/settings.ts'
import { isGitName } from '../../core/text/git-path.ts'
import { listed } from '../../core/text/quoted.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Files } from '../../ports/sources.ts'

/** Characters that make a path look like another one, on some file system or to a reader. */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2028\u2029\\]/u
const LONGEST_PATH = 1000

/** Why a path may be neither read nor written, as a clause; null: it is a valid path of the repository. */
export function whyNotPath(path: string): string | null {
  if (path === '' || path.length > LONGEST_PATH) return 'a path has 1 to 1,000 characters'
  const parts = path.split('/')
  if (isGitName(path)) return '`.git` is out of bounds'
  if (DECEPTIVE.test(path)) return 'a backslash, a control character or an invisible one may not be in a path'
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path))
    return 'a path starts at the root of the repository, without a `/`'
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return 'a path has no `.`, `..` or empty part'
  if (parts.some((part) => /[. ]$/.test(part))) return 'no part of a path ends in a dot or a space'
  return null
}

/** Why a task may not change a path, as sentences for the model; null: it may. Checked before any file is touched. */
export function whyNotWritable(path: string, context: Pick<ToolContext, 'writes' | 'protectedGlobs'>): string | null {
  const why = whyNotPath(path)
  if (why !== null) return `${why}. ${mayWrite(context.writes)}`
  if (isProtected(path, [...ALWAYS_PROTECTED, ...context.protectedGlobs]))
    return `${listed([path])} is protected: no task may change it. ${mayWrite(context.writes)}`
  if (!matches(context.writes, path))
    return `${listed([path])} is none of this task's paths. ${mayWrite(context.writes)}`
  return null
}

const mayWrite = (writes: readonly string[]): string =>
  writes.length === 0 ? 'This task may change no file' : `This task may change ${listed(writes)}`

/** Where the tools of a worker act, and what they may do. No part of it is an answer of a model. */
export interface ToolContext {
  files: Files
  sandbox: Sandbox
  worktree: string
  /** Globs of the paths that the task may change. */
  writes: readonly string[]
  /** Globs that no task may change, besides those that are always protected. */
  protectedGlobs: readonly string[]
  /** Whether any command is run in the sandbox, or only `commands`. */
  agentCommands: AgentCommands
  /** The commands of the approved plan. */
  commands: readonly Argv[]
  /** Hosts that they reach. */
  hosts: readonly string[]
  /** Restores what commands changed outside of the task's paths; returns these paths, or null if git cannot read what is there. */
  putBack(): Promise<readonly string[] | null>
  /** The plan's gate by the journal as it is now: why no tool may be called; null: tools may be called. */
  guard(): string | null
  /** Resolves once the journal that `guard` reads is recent enough, or the signal is aborted. */
  refreshJournal(signal: AbortSignal): Promise<void>
  /** Seconds left for the attempt. */
  seconds(): number
  /** Environment variables of commands. */
  env: Readonly<Record<string, string>>
}
