import type { RunId, Sha } from '../core/ids.ts'
import type { RunEvent } from '../core/run/event.ts'
import type { RunState } from '../core/run/state.ts'

/** The journal's tip holds what no version of Tributary has written. */
export class JournalUnreadable extends Error {
  override name = 'JournalUnreadable'
  readonly run: RunId

  constructor(run: RunId, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.run = run
  }
}

/** A ref to move from the expected old tip (null if it must not exist) to the new one (null to delete it). */
export interface RefUpdate {
  ref: string
  from: Sha | null
  to: Sha | null
}

/** A ref that the remote does not take, and why, in its own words. */
export interface RefusedRef {
  ref: string
  words: string
}

export interface JournalTip {
  run: RunId
  tip: Sha
}

export interface PushRefused {
  reason: 'refused'
  refs: RefusedRef[]
  words: string
}

export type Appended =
  | { ok: true; tip: Sha }
  /** Another writer was first: read again, decide again. `refs` did not have their expected values. */
  | { ok: false; error: { reason: 'conflict'; refs: string[] } }
  /** The remote refused it, and a retry would not help: nothing moved. `refs` is empty if the remote does not say which. */
  | { ok: false; error: PushRefused }

/** The event log of a run, in git. One push writes the events and moves the refs that belong to them, or does nothing. */
export interface Journal {
  /** The runs of an issue, oldest first, in one request. */
  runsOf(issue: number): Promise<{ runs: JournalTip[] }>
  /** The run's journal tip (null if it has none) and the tips of those of the other refs that exist, in one request. */
  look(run: RunId, refs: readonly string[]): Promise<{ tip: Sha | null; refs: ReadonlyMap<string, Sha> }>
  /**
   * The remote's refs that would keep a new run from creating its own: branches in the place of its folders, and what an
   * earlier run of this name has left.
   */
  inTheWay(run: RunId): Promise<string[]>
  /** Whether the journal at `now`, which was read, goes on from `before`, which this process has read or written. */
  follows(run: RunId, before: Sha, now: Sha): Promise<boolean>
  /** The snapshot at the tip, fetched at depth 1. Null if the run has no journal. Throws JournalUnreadable. */
  read(run: RunId): Promise<{ state: RunState; tip: Sha } | null>
  /** The states of other runs, those of the newest issues first; at most so many, and none that cannot be read. */
  others(run: RunId, most: number): Promise<RunState[]>
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
