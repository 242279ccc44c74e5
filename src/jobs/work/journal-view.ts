import type { RunId, Sha } from '../../core/ids.ts'
import { emptyRun, type RunState } from '../../core/run/state.ts'
import { type SlotTask, standingOf } from '../../core/slots/assignment.ts'
import type { Clock } from '../../ports/clock.ts'
import type { WorkDeps } from './work-deps.ts'

/** The journal as a slot sees it: each look compares the tip, and reads only if it has moved. */
export interface JournalView {
  state(): RunState
  /** Looks again. A failed look leaves the state as it is; 20 in a row throw. */
  refresh(): Promise<RunState>
  /** Whether the last look was answered. */
  isCurrent(): boolean
  /** Resolves once the state is at most a minute and a poll old, or the signal fires. Something else has to call `refresh`. */
  fresh(signal: AbortSignal): Promise<void>
  /** Seconds until the next look: longer after failures. */
  pause(): number
}

const MOST_MISSES = 20
const LONGEST_PAUSE = 60
/** Seconds, besides those between looks, after which the last state is too old to act on. */
const STALE = 60
/** Seconds, until the plan and its settings are known. */
const FIRST_PAUSE = 2

export function journalView(
  { journal, clock, log }: Pick<WorkDeps, 'journal' | 'clock' | 'log'>,
  run: RunId,
): JournalView {
  let state: RunState = emptyRun
  let seen: Sha | null = null
  let misses = 0
  let answered = Number.NEGATIVE_INFINITY
  let waiting: (() => void)[] = []

  async function look(): Promise<void> {
    const { tip } = await journal.look(run, [])
    if (tip === null || tip === seen) return
    const read = await journal.read(run)
    if (read === null) return
    state = read.state
    seen = read.tip
  }
  return {
    state: () => state,
    async refresh() {
      const asked = clock.now().getTime()
      try {
        await look()
        misses = 0
        answered = asked
        for (const wake of waiting) wake()
        waiting = []
      } catch (error) {
        misses += 1
        if (misses === MOST_MISSES) throw new Error(`the journal could not be read ${misses} times`, { cause: error })
        log(`The journal could not be read; the slot tries again: ${error instanceof Error ? error.message : error}`)
      }
      return state
    },
    isCurrent: () => misses === 0,
    fresh: (signal) =>
      new Promise((resolve) => {
        const age = (clock.now().getTime() - answered) / 1000
        if (signal.aborted || age <= STALE + pollSeconds(state)) return resolve()
        waiting.push(resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
      }),
    pause: () => Math.min(pollSeconds(state) * 2 ** misses, LONGEST_PAUSE),
  }
}

const pollSeconds = (state: RunState): number =>
  'work' in state && state.work !== null ? state.work.settings.limits.poll_seconds : FIRST_PAUSE

/** Seconds after its start or a result in which a slot's next task mostly comes, and between looks then: one small request to git each. */
const SOON = 5
const QUICK = 0.3

/** Seconds until the next look of a slot that has waited for so many seconds for what comes after its start or a result. */
export const pauseAfter = (view: JournalView, waited: number): number =>
  view.isCurrent() && waited < SOON ? Math.min(QUICK, view.pause()) : view.pause()

interface Watched {
  view: JournalView
  clock: Clock
  slot: string
  /** Seconds for which work may go on that the journal does not assign yet. */
  patience: number
}

/**
 * Does the work while the journal assigns it to this slot. If it no longer does (cancelled, assigned to another slot, the run
 * ended), the signal fires and the result is null: the work so far is dropped. Work that the journal assigns next may begin, but
 * ends only when it has been assigned.
 */
export async function whileWanted<Value>(
  { view, clock, slot, patience }: Watched,
  assignment: SlotTask,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value | null> {
  const unwanted = new AbortController()
  const finished = new AbortController()
  let goOn = () => {}
  const isDecided = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const watching = watch()
  // A broken journal ends the work too; its error comes out of the await below.
  watching.catch(() => unwanted.abort())
  unwanted.signal.addEventListener('abort', goOn, { once: true })
  try {
    const value = await work(unwanted.signal)
    await isDecided
    return unwanted.signal.aborted ? null : value
  } finally {
    finished.abort()
    await watching
  }

  async function watch(): Promise<void> {
    const begun = clock.now().getTime()
    const waited = () => (clock.now().getTime() - begun) / 1000
    let standing = standingOf(view.state(), slot, assignment)
    for (;;) {
      if (standing === 'assigned') goOn()
      else if (standing === 'unwanted' || waited() >= patience) return unwanted.abort()
      await clock.wait(standing === 'assigned' ? view.pause() : pauseAfter(view, waited()), finished.signal)
      if (finished.signal.aborted) return
      standing = standingOf(await view.refresh(), slot, assignment)
    }
  }
}
