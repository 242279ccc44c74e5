import type { RunId, Sha } from '../core/ref.ts'
import type { LiveRun } from '../core/state.ts'
import type { Repo } from '../ports/repo.ts'
import type { SlotJob } from '../ports/slots.ts'
import type { Draft } from './draft.ts'
import type { Inspected } from './inspected.ts'
import type { Limiter } from './limiter.ts'
import type { Merges } from './merges.ts'
import type { Desk } from './planning/desk.ts'
import type { OrchestrateDeps } from './wiring.ts'

/** What one orchestrator holds in memory. All of it can be had again from git and the API: it dies without loss. */
export interface Session {
  deps: OrchestrateDeps
  repo: Repo
  run: RunId
  state: LiveRun
  tip: Sha
  limiter: Limiter
  /** Tips of branches that are not ours, such as the base branch. */
  refs: Map<string, Sha>
  /** Slots by name, as the job lists showed them last. */
  jobs: Map<string, SlotJob>
  /** Results that are here already, by task and attempt: the download and the look at it are not repeated. */
  inspected: Map<string, Inspected>
  /** Digests of what this process has shown, and where; recorded with the next events. */
  shown: Map<string, { number: number; node: string; digest: string }>
  /** The state that people see all of; null: something is still to be shown. */
  shownState: LiveRun | null
  /** Projections that GitHub refused: they are not tried again by this process. */
  refused: Set<string>
  pullRefused: string | null
  /** What an earlier process may have shown or started without recording it, by name: it is looked for before it is made. */
  unsure: ReadonlySet<string>
  /** Milliseconds of the clock at the last edit of each comment that is edited in place. */
  editedAt: Map<string, number>
  /** Workflow runs that this process has started and not yet recorded, by request. */
  dispatched: Map<string, number>
  /** Branches of the run that somebody has deleted. */
  deleted: Set<string>
  merges: Merges
  started: boolean
  desk: Desk
}

/** One thing that a wake-up may decide. Steps run in order, each on what the earlier ones decided. */
export type Step = (session: Session, draft: Draft) => Promise<Draft> | Draft

export const nowOf = (session: Session): string => session.deps.clock.now().toISOString()
