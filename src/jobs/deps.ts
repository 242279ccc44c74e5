import type { Problem } from '../core/failure.ts'
import type { RunId } from '../core/ids.ts'
import type { Plan } from '../core/plan/plan.ts'
import type { Result } from '../core/result.ts'
import type { Settings } from '../core/settings.ts'
import type { Redact } from '../core/text/redact.ts'
import type { Clock, TimeoutClock } from '../ports/clock.ts'
import type { Forge } from '../ports/forge.ts'
import type { Journal } from '../ports/journal.ts'
import type { Model } from '../ports/model.ts'
import type { Pages } from '../ports/pages.ts'
import type { Repo } from '../ports/repo.ts'
import type { Slots } from '../ports/slots.ts'

/** What every job works with; all of it comes from the entry. */
export interface JobDeps {
  forge: Forge
  journal: Journal
  /** Opened on first use: most commands need no objects. */
  repo(): Promise<Repo>
  clock: Clock
  log(line: string): void
  /** GITHUB_RUN_ID of this very workflow run. */
  workflowRun: number
  readSettings(text: string | null): Result<Settings, string[]>
}

export type CommandDeps = JobDeps

export interface OrchestrateDeps extends JobDeps {
  clock: TimeoutClock
  slots: Slots
  pages: Pages
  /** Null: the workflow has no key for one. */
  model: Model | null
  readPlan(issueBody: string, settings: Settings): Result<Plan, Problem[]>
  /** Values that must never be shown or land in a diff. */
  secrets: readonly string[]
  /** Removes them from any text that comes from outside. */
  redact: Redact
  /** When this job hands over to a fresh one, before GitHub stops it. */
  handOverAt: Date
}

/** The jobs that must follow in the workflow run of a command. */
export interface CommandOutcome {
  run: RunId | null
  orchestrate: boolean
  slots: string[]
}
export const nothing: CommandOutcome = { run: null, orchestrate: false, slots: [] }

/** A comment that may hold a command. */
export interface CommandComment {
  /** Null: `/plan` was asked for by a label, or by a form. */
  id: number | null
  /** Of what follows from it, which is done once. */
  key: string
  /** The command that the CommonMark parser found, with the lines below it. */
  line: string | null
  /** What would be a command without the code or emphasis around it. */
  formatted: string | null
  createdAt: string
  issue: { number: number; title: string; body: string; isPull: boolean }
  sender: { login: string; type: string; viaApp: string | null }
  /** False for a re-run workflow: the comment may have its answer already. */
  firstDelivery: boolean
}
