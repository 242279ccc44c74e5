import type { RunId, Sha } from '../core/ids.ts'
import type { RunEvent } from '../core/run/event.ts'
import type { RunState } from '../core/run/state.ts'

/** A ref to move from the expected old tip (null if it must not exist) to the new one (null to delete it). */
export interface RefUpdate {
  ref: string
  from: Sha | null
  to: Sha | null
}

export interface JournalTip {
  run: RunId
  tip: Sha
}

export type Appended =
  | { ok: true; tip: Sha }
  /** Another writer was first: read again, decide again. `refs` did not have their expected values. */
  | { ok: false; error: { reason: 'conflict'; refs: string[] } }

/** The event log of a run, in git. One push writes the events and moves the refs that belong to them, or does nothing. */
export interface Journal {
  /** The runs of an issue, oldest first, in one request. */
  runsOf(issue: number): Promise<{ runs: JournalTip[] }>
  /** The run's journal tip (null if it has none) and the tips of those of the other refs that exist, in one request. */
  look(run: RunId, refs: readonly string[]): Promise<{ tip: Sha | null; refs: ReadonlyMap<string, Sha> }>
  /** The snapshot at the tip, fetched at depth 1. Null if the run has no journal. */
  read(run: RunId): Promise<{ state: RunState; tip: Sha } | null>
  /** Every event, oldest first. Fetches all commits of the journal. */
  history(run: RunId): Promise<RunEvent[]>
  /**
   * Appends events on top of `expected` (null if the run must be new) and moves refs, in one atomic push with leases.
   * `state` is the fold up to and including the events. After an unknown outcome (time-out, 5xx) it reads the refs.
   */
  append(
    run: RunId,
    expected: Sha | null,
    events: readonly RunEvent[],
    state: RunState,
    refs: readonly RefUpdate[],
  ): Promise<Appended>
}
