import type { Argv } from '../core/plan.ts'
import type { Sandbox } from '../ports/sandbox.ts'
import type { Files } from '../ports/sources.ts'

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
