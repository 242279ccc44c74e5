import type { Measurements } from '../../../core/money/measurements.ts'
import { measureRuns } from '../../../core/prediction/measure-runs.ts'
import type { Session } from '../session/session.ts'

/**
 * Runs that a prediction rests on at most: their snapshots are fetched with one request. Of a repository with 50 finished runs of 12
 * agents' tasks, 150 KB of state each, that was measured as 160 KB, and 47 KB for the list of refs.
 */
const MOST_RUNS = 20

/** What finished tasks of this repository took; read once in each process. No plan waits for it: without, it is null. */
export function measuredHere(session: Session): Promise<Measurements | null> {
  session.measured ??= session.deps.journal
    .others(session.run, MOST_RUNS)
    .then(measureRuns)
    .catch((error: unknown) => {
      const why = session.deps.redact(error instanceof Error ? error.message : String(error))
      session.deps.log(`What earlier runs took cannot be read, so predictions go without: ${why}`)
      return null
    })
  return session.measured
}
