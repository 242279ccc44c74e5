import { type Assignment, assignmentFor, assignmentKey } from '../core/assignment.ts'
import type { Clock } from '../ports/clock.ts'
import type { JournalView } from './work-view.ts'

/**
 * Does the work while the journal still wants it of this slot. Where it does not (cancelled, given out again, the run
 * at its end), the signal fires and null is the answer: what was done so far is nobody's.
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
