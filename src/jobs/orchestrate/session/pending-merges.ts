import type { Sha } from '../../../core/ids.ts'
import type { TimeoutClock } from '../../../ports/clock.ts'
import type { Merged } from '../../../ports/repo.ts'

/** Merges at the same time: each is a process of git, and machines that run jobs have a few cores. */
export const CONCURRENT_MERGES = 4
/** Merges that nobody waits for yet begin only while no more than so many run. */
const AHEAD = 2

/** Seconds of a wake-up that may go to merges. Starts, landings and commands must not wait for those that take longer. */
const PATIENCE = 2

type Merging =
  /** `asked`: a wake-up has waited for it, in vain. */
  | { status: 'running'; ended: Promise<void>; asked: boolean }
  | { status: 'done'; merged: MergeOutcome }
  | { status: 'failed'; why: unknown; asked: boolean }

/** What became of a merge. */
export type MergeOutcome = { ok: true; sha: Sha } | Extract<Merged, { ok: false }>

/** What this process has merged and is merging, by what is merged. */
export interface PendingMerges {
  known: Map<string, Merging>
  running: number
  /** Those that this wake-up asked for and that were not done in time. */
  pending: Set<string>
  /** The millisecond of the clock until which this wake-up waits for merges; null: it has not waited yet. */
  until: number | null
}

export const noPendingMerges = (): PendingMerges => ({ known: new Map(), running: 0, pending: new Set(), until: null })

/** Whose merges they are. `wake` wakes who waits for one. */
interface Merger {
  merges: PendingMerges
  deps: { clock: TimeoutClock }
  stageRunner: { wake: AbortController }
}

/** At the beginning of a wake-up. */
export function resetDeadline({ merges }: Merger): void {
  merges.pending.clear()
  merges.until = null
}

type Act = () => Promise<MergeOutcome>

/** Null where it takes longer than this wake-up waits: a later one asks again, by the same key. Throws as git does. */
export async function mergeWithin(merger: Merger, key: string, act: Act): Promise<MergeOutcome | null> {
  const { known, pending } = merger.merges
  const before = known.get(key)
  // What failed before anybody asked for it is tried once more.
  if (before?.status === 'failed' && !before.asked) known.delete(key)
  if (!known.has(key)) begin(merger, CONCURRENT_MERGES, key, act)
  const begun = known.get(key)
  if (begun?.status === 'running' && !begun.asked) {
    begun.asked = true
    await merger.deps.clock.within(secondsLeft(merger), begun.ended)
  }
  const merging = known.get(key)
  if (merging?.status === 'done') return merging.merged
  if (merging?.status !== 'failed') {
    pending.add(key)
    return null
  }
  known.delete(key)
  throw merging.why
}

function secondsLeft({ merges, deps: { clock } }: Merger): number {
  const now = clock.now().getTime()
  merges.until ??= now + PATIENCE * 1000
  return Math.max(0, merges.until - now) / 1000
}

/** Begins what will be asked for later, where there is room. What became of it, where that is known already. */
export function prefetchMerge(merger: Merger, key: string, act: Act): MergeOutcome | null {
  const merging = merger.merges.known.get(key)
  if (merging === undefined) begin(merger, AHEAD, key, act)
  return merging?.status === 'done' ? merging.merged : null
}

/** At the end of a wake-up: what it did not get may be there by now, or there may be room for it. Then the next one need not wait. */
export function wakeForMerges({ merges, stageRunner }: Merger): void {
  const isThere = (key: string) => {
    const status = merges.known.get(key)?.status
    return status === undefined ? merges.running < CONCURRENT_MERGES : status !== 'running'
  }
  if ([...merges.pending].some(isThere)) stageRunner.wake.abort()
}

function begin({ merges, stageRunner }: Merger, most: number, key: string, act: Act): void {
  if (merges.running >= most) return
  const end = (next: (asked: boolean) => Merging) => {
    const running = merges.known.get(key)
    merges.known.set(key, next(running?.status === 'running' && running.asked))
    merges.running -= 1
    // It, or the room that it leaves, is waited for.
    if (merges.pending.size > 0) stageRunner.wake.abort()
  }
  const ended = act().then(
    (merged) => end(() => ({ status: 'done', merged })),
    (why: unknown) => end((asked) => ({ status: 'failed', why, asked })),
  )
  merges.known.set(key, { status: 'running', ended, asked: false })
  merges.running += 1
}
