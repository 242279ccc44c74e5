import type { RunEvent } from '../../core/run/event.ts'
import {
  type Changes,
  changesBetween,
  NO_CHANGES,
  type Standing,
  standingAfter,
  standingOf,
} from '../../render/page/since.ts'
import { isPlanned } from '../../render/plan/planned-run.ts'
import type { RunView } from './journals.ts'

/** More pages than this are hardly open at once. */
const MOST_KEPT = 50

interface Look {
  last: RunEvent | undefined
  standing: Standing | null
}

/** What changed in a run since its first `seen` events, as the browser counts them; `null`: it has not been there before. */
export type ChangesSince = (view: RunView, seen: number | null) => Changes

/** How a run stood at a look is worked out once: an open page asks for it at each change. */
export function createLastLooks(): ChangesSince {
  const looks = new Map<string, Look>()
  const standingAt = ({ run, events }: RunView, seen: number): Standing | null => {
    const [key, last] = [`${run}@${seen}`, events[seen - 1]]
    const known = looks.get(key)
    const look =
      known?.last === last && known !== undefined ? known : { last, standing: standingAfter(events.slice(0, seen)) }
    looks.delete(key)
    looks.set(key, look)
    for (const old of [...looks.keys()].slice(0, -MOST_KEPT)) looks.delete(old)
    return look.standing
  }
  return (view, seen) => {
    const { state, events } = view
    if (seen === null || seen >= events.length || !isPlanned(state)) return NO_CHANGES
    return changesBetween(standingAt(view, seen), standingOf(state.work))
  }
}

/** The number of events that a browser says it has shown. */
export const seenIn = (text: string | undefined): number | null =>
  text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null
