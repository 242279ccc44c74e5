import type { Asking, Drift } from './asked.ts'
import type { RunEvent } from './event.ts'
import type { Failure } from './failure.ts'

/** Why nothing may start on a base that has moved since the plan was made; null where the plan is as good as before. */
export const staleness = (drift: Drift | null): Failure | null =>
  drift !== null && (drift.paths.length > 0 || drift.settingsChanged)
    ? { reason: 'plan-stale', paths: drift.paths, settingsChanged: drift.settingsChanged }
    : null

/** A move of the base in no path of the plan is written down, so that nobody is asked about it again. */
export const movedBase = ({ drift, at, person }: Asking): RunEvent[] =>
  drift === null ? [] : [{ type: 'base_moved', at, by: person.login, to: drift.to, paths: [], stale: false }]
