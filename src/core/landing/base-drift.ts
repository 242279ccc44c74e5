import type { Sha } from '../ids.ts'
import { matches } from '../plan/glob.ts'
import type { NewEvent } from '../run/event.ts'
import type { Work } from '../run/work.ts'
import { SETTINGS_PATH } from '../settings.ts'

/** How the base branch has moved since its tip was last recorded (`baseSeen`). */
export interface BaseDrift {
  to: Sha
  /** Changed paths that the plan reads or writes. */
  paths: readonly string[]
  settingsChanged: boolean
}

/** `moved`: the paths that differ between the tip that was seen last and `to`. */
export function driftOfBase({ plan }: Work, to: Sha, moved: readonly string[]): BaseDrift {
  const used = plan.tasks.flatMap((task) => [...task.writes, ...task.reads])
  return {
    to,
    paths: moved.filter((path) => matches(used, path)),
    settingsChanged: moved.includes(SETTINGS_PATH),
  }
}

/** Paths that a message names. */
const NAMED = 5

/** The move is recorded before anything lands; one in paths that the plan uses pauses the run until a person decides. */
export function baseMoved({ baseBranch }: Work, { to, paths, settingsChanged }: BaseDrift): NewEvent[] {
  const stale = paths.length > 0 || settingsChanged
  const named = settingsChanged ? [...paths, SETTINGS_PATH] : [...paths]
  const moved: NewEvent = { type: 'base_moved', to, paths: named, stale }
  const why = `\`${baseBranch}\` moved in paths of the plan: ${named.slice(0, NAMED).join(', ')}`
  return stale ? [moved, { type: 'run_paused', why }] : [moved]
}
