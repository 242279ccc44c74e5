import type { RunId, Sha } from '../core/ids.ts'
import type { RunEvent } from '../core/run/event.ts'
import type { RunState } from '../core/run/state.ts'

/** A ref to move: from the expected old tip (null: it must not exist) to the new one (null: delete it). */
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
  /** Somebody else wrote first: read again, decide again. `refs` are those that were not where expected. */
  | { ok: false; error: { reason: 'conflict'; refs: string[] } }

/** The event log of a run, in git. One push writes events and the refs they speak of, or nothing at all. */
export interface Journal {
  /** The runs of an issue, oldest first, and the tip of the default branch, in one request. */
  runsOf(issue: number): Promise<{ runs: JournalTip[] }>
  /** One request: the run's journal tip and the tips of other refs asked for (null: absent). */
  look(run: RunId, refs: readonly string[]): Promise<{ tip: Sha | null; refs: ReadonlyMap<string, Sha> }>
  /** The snapshot at the tip, fetched at depth 1. Null where the run has no journal. */
  read(run: RunId): Promise<{ state: RunState; tip: Sha } | null>
  /** Every event from the first on, oldest first (fetches the whole chain). */
  history(run: RunId): Promise<RunEvent[]>
  /**
   * Append events to the run on top of `expected` (null: the run must be new) and move refs, in one atomic push with leases.
   * `state` is the fold up to and including the events. An unknown outcome (time-out, 5xx) is settled by reading the ref.
   */
  append(
    run: RunId,
    expected: Sha | null,
    events: readonly RunEvent[],
    state: RunState,
    refs: readonly RefUpdate[],
  ): Promise<Appended>
}
