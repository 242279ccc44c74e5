import type { TaskId } from '../ids.ts'
import { baselineCommands } from '../plan/checks.ts'
import { recordOf } from '../run/lookup.ts'
import type { LiveRun } from '../run/state.ts'
import type { Work } from '../run/work.ts'

/**
 * When the plan's checks run on the base. `before` its approval: only if all who asked for it may approve it, since that is what
 * their `/plan` and `/revise` consent to, and only in a sandbox. `after`: each agent's task begins with its own. Journals of before
 * say nothing of the asker.
 */
export function baselineTime(run: LiveRun & { work: Work }): 'before' | 'after' | 'never' {
  const { settings, mode, plan } = run.work
  if (settings.baseline === 'off' || mode !== 'strict' || baselineCommands(plan).length === 0) return 'never'
  const said = [run.askerMayApprove, ...(run.planning?.revisions ?? []).map(({ mayApprove }) => mayApprove)]
  if (said.includes(undefined)) return 'never'
  return said.includes(false) || settings.sandbox === 'off' ? 'after' : 'before'
}

/** Whether a slot takes the baseline now, or is about to. */
export function awaitsBaseline(run: LiveRun): boolean {
  if (run.phase !== 'proposed') return false
  const { baseline } = run.work
  if (baseline !== undefined) return baseline.status === 'in_progress'
  return baselineTime(run) === 'before' && run.planning?.settled !== false
}

/**
 * Whether the agent of a task waits for a look by a person if its acceptance passes on the base: those who approved the plan
 * could not see that. After `/retry` it does not wait again, nor if the base has earlier work of it.
 */
export function looksFirst(run: LiveRun & { work: Work }, id: TaskId): boolean {
  const { attempts, onto } = recordOf(run.work, id)
  if (baselineTime(run) !== 'after' || onto.length > 0) return false
  return !attempts.some(({ failure }) => failure?.reason === 'passes-already')
}
