import type { Sha } from '../../../core/ids.ts'
import type { TimeoutClock } from '../../../ports/clock.ts'
import type { Merged } from '../../../ports/repo.ts'

/** Merges at the same time: each is a process of git, and machines that run jobs have a few cores. */
export const CONCURRENT_MERGES = 4
/** A prefetched merge begins only while fewer than so many run. */
const CONCURRENT_PREFETCHES = 2

/** Seconds that a wake-up waits for merges. Starts, landings and commands must not wait for longer ones. */
const WAIT_SECONDS = 2

type Merging =
  /** `asked`: a wake-up has waited for it. */
  | { status: 'running'; ended: Promise<void>; asked: boolean }
  | { status: 'done'; merged: MergeOutcome }
  | { status: 'failed'; why: unknown; asked: boolean }

/** The outcome of a merge. */
export type MergeOutcome = { ok: true; sha: Sha } | Extract<Merged, { ok: false }>

/** Merges of this process, done and running, by key. */
export interface PendingMerges {
  known: Map<string, Merging>
  running: number
  /** Keys that this wake-up asked for and that were not done in time. */
  pending: Set<string>
  /** The millisecond of the clock until which this wake-up waits for merges; null: it has not waited yet. */
  until: number | null
}

export const noPendingMerges = (): PendingMerges => ({ known: new Map(), running: 0, pending: new Set(), until: null })

/** The part of a session that merges need. `wake` starts the next wake-up. */
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

/** Null: it takes longer than this wake-up waits, and a later one asks again by the same key. Throws git's error. */
export async function mergeWithin(merger: Merger, key: string, act: Act): Promise<MergeOutcome | null> {
  const { known, pending } = merger.merges
  const before = known.get(key)
  // A prefetch that failed is retried once.
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
  merges.until ??= now + WAIT_SECONDS * 1000
  return Math.max(0, merges.until - now) / 1000
}

/** Begins a merge that will be asked for later, if there is room. Returns its outcome if that is known already. */
export function prefetchMerge(merger: Merger, key: string, act: Act): MergeOutcome | null {
  const merging = merger.merges.known.get(key)
  if (merging === undefined) begin(merger, CONCURRENT_PREFETCHES, key, act)
  return merging?.status === 'done' ? merging.merged : null
}

/** At the end of a wake-up: if a pending merge is done by now, or has room to begin, the next wake-up follows at once. */
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
    // A pending merge may be this one, or may begin in its place.
    if (merges.pending.size > 0) stageRunner.wake.abort()
  }
  const ended = act().then(
    (merged) => end(() => ({ status: 'done', merged })),
    (why: unknown) => end((asked) => ({ status: 'failed', why, asked })),
  )
  merges.known.set(key, { status: 'running', ended, asked: false })
  merges.running += 1
}
