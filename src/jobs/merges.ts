import type { Sha } from '../core/ref.ts'
import type { PatientClock } from '../ports/clock.ts'
import type { Merged } from '../ports/repo.ts'

/** Merges at the same time: each is a process of git, and machines that run jobs have a few cores. */
export const AT_ONCE = 4
/** Merges that nobody waits for yet begin only while no more than so many run. */
const AHEAD = 2

/** Seconds of a wake-up that may go to merges. Starts, landings and commands must not wait for those that take longer. */
const PATIENCE = 2

type Merging =
  | { status: 'running'; ended: Promise<void> }
  | { status: 'done'; merged: Joined }
  | { status: 'failed'; why: unknown }

/** What this process has merged and is merging, by what is merged. */
export interface Merges {
  known: Map<string, Merging>
  running: number
  /** Those that this wake-up asked for and that were not done in time. */
  owed: Set<string>
  /** The millisecond of the clock until which this wake-up waits for merges. */
  until: number
}

export const noMerges = (): Merges => ({ known: new Map(), running: 0, owed: new Set(), until: 0 })

/** Whose merges they are. `news` wakes who waits for one. */
interface Merger {
  merges: Merges
  deps: { clock: PatientClock }
  desk: { news: AbortController }
}

/** At the beginning of a wake-up. */
export function newPatience({ merges, deps }: Merger): void {
  merges.owed.clear()
  merges.until = deps.clock.now().getTime() + PATIENCE * 1000
}

/** What became of a merge. */
export type Joined = { ok: true; sha: Sha } | Extract<Merged, { ok: false }>

type Act = () => Promise<Joined>

/** Null where it takes longer than this wake-up waits: a later one asks again, by the same key. Throws as git does. */
export async function soon(merger: Merger, key: string, act: Act): Promise<Joined | null> {
  const { known, owed, until } = merger.merges
  if (!known.has(key)) begin(merger, AT_ONCE, key, act)
  const begun = known.get(key)
  const { clock } = merger.deps
  if (begun?.status === 'running') await clock.within(Math.max(0, until - clock.now().getTime()) / 1000, begun.ended)
  const merging = known.get(key)
  if (merging?.status === 'done') return merging.merged
  if (merging?.status !== 'failed') {
    owed.add(key)
    return null
  }
  known.delete(key)
  throw merging.why
}

/** Begins what will be asked for later, where there is room. What became of it, where that is known already. */
export function ahead(merger: Merger, key: string, act: Act): Joined | null {
  const merging = merger.merges.known.get(key)
  if (merging === undefined) begin(merger, AHEAD, key, act)
  return merging?.status === 'done' ? merging.merged : null
}

function begin({ merges, desk }: Merger, most: number, key: string, act: Act): void {
  if (merges.running >= most) return
  const end = (merging: Merging) => {
    merges.known.set(key, merging)
    merges.running -= 1
    // Only who waits for it is woken.
    if (merges.owed.has(key)) desk.news.abort()
  }
  const ended = act().then(
    (merged) => end({ status: 'done', merged }),
    (why: unknown) => end({ status: 'failed', why }),
  )
  merges.known.set(key, { status: 'running', ended })
  merges.running += 1
}
