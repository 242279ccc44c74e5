import type { RunId } from '../../core/ids.ts'
import type { Spending } from '../../core/money/usage.ts'
import type { Settings } from '../../core/settings.ts'
import type { Redact } from '../../core/text/redact.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Journal } from '../../ports/journal.ts'
import type { Model } from '../../ports/model.ts'
import type { SandboxProbe } from '../../ports/sandbox.ts'
import type { Handover } from '../../ports/slots.ts'
import type { Scratch, Worktree } from '../../ports/worktree.ts'

/** What a slot is given. It holds a token that can only read: what it has to say, it uploads. */
export interface WorkDeps {
  journal: Journal
  worktree: Worktree
  probe(setting: Settings['sandbox']): Promise<SandboxProbe>
  handover: Handover
  clock: Clock
  log(line: string): void
  redact: Redact
  /** Values that nothing may hold that is handed over; grows in place. */
  secrets: readonly string[]
  /** Hides one more value from now on, in `redact` and in `secrets`. */
  keepSecret(value: string): void
  /** For what is handed over, outside of the work tree. */
  scratch: Scratch
  /** Null: the job has no key for one. */
  model: Model | null
  /** Those of these variables that the job's environment holds, for an agent that the settings name; none with a token of the job. */
  agentEnv(names: readonly string[]): Record<string, string>
}

export interface SlotIdentity {
  run: RunId
  slot: string
}

/** One thing that a slot did, for the summary of its job. */
export interface SlotWork {
  /** A task's id, or `verify`. */
  task: string
  attempt: number
  outcome: string
  seconds: number
  /** What a model cost, also in an attempt that failed; absent where none worked. */
  spending?: readonly Spending[]
}
