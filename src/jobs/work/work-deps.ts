import type { RunId } from '../../core/ids.ts'
import type { Settings } from '../../core/settings.ts'
import type { Redact } from '../../core/text/redact.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Journal } from '../../ports/journal.ts'
import type { Model } from '../../ports/model.ts'
import type { SandboxProbe } from '../../ports/sandbox.ts'
import type { Handover } from '../../ports/slots.ts'
import type { Scratch, Worktree } from '../../ports/worktree.ts'

/** What a slot works with. Its token can only read, so it hands over its results as artifacts. */
export interface WorkDeps {
  journal: Journal
  worktree: Worktree
  /** `allow`: the hosts that commands in it may reach. */
  probe(
    setting: Settings['sandbox'],
    limits: Settings['limits'],
    allow: Settings['network']['allow'],
  ): Promise<SandboxProbe>
  handover: Handover
  clock: Clock
  log(line: string): void
  redact: Redact
  /** Values that must not be in anything that is handed over; grows in place. */
  secrets: readonly string[]
  /** Hides one more value from now on, in `redact` and in `secrets`. */
  keepSecret(value: string): void
  /** A folder outside the work tree, for files that are handed over. */
  scratch: Scratch
  /** Null: the job has no key for one. */
  model: Model | null
  /** The named variables of the job's environment, for an agent that the settings name; never one with a token of the job. */
  agentEnv(names: readonly string[]): Record<string, string>
}

export interface SlotIdentity {
  run: RunId
  slot: string
}
