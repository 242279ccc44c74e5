import type { RunId, Sha } from '../../core/ids.ts'
import { emptyRun, type RunState } from '../../core/run/state.ts'
import { type Assignment, assignmentFor, assignmentKey } from '../../core/slots/assignment.ts'
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

/**
 * Does the work while the journal assigns it to this slot. If it no longer does (cancelled, assigned to another slot, the run
 * ended), the signal fires and the result is null: the work so far is dropped.
 */
export async function whileWanted<Value>(
  { view, clock, slot }: { view: JournalView; clock: Clock; slot: string },
  assignment: Assignment,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value | null> {
  const unwanted = new AbortController()
  const finished = new AbortController()
  const watching = watch()
  // A broken journal ends the work too; its error comes out of the await below.
  watching.catch(() => unwanted.abort())
  try {
    const value = await work(unwanted.signal)
    return unwanted.signal.aborted ? null : value
  } finally {
    finished.abort()
    await watching
  }

  async function watch(): Promise<void> {
    const key = assignmentKey(assignment)
    while (!finished.signal.aborted) {
      await clock.wait(view.pause(), finished.signal)
      if (finished.signal.aborted) return
      const now = assignmentFor(await view.refresh(), slot)
      if (assignmentKey(now) !== key) return unwanted.abort()
    }
  }
}
