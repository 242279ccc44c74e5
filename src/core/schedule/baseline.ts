import type { TaskId } from '../ids.ts'
import { baselineCommands, isSameCommand } from '../plan/checks.ts'
import type { Argv } from '../plan/plan.ts'
import type { BaselineCheck } from '../run/baseline.ts'
import { recordOf, taskOf } from '../run/lookup.ts'
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

/** A check that ran on the base, with what it did there. */
interface TakenCheck {
  argv: Argv
  check: BaselineCheck
}

/** What the checks of the plan did on the base, in the order in which they ran; empty if that is not known. */
export function takenChecks({ plan, baseline }: Work): TakenCheck[] {
  if (baseline?.status !== 'taken') return []
  const { checks, commands = baselineCommands(plan) } = baseline
  return commands.flatMap((argv, index) => {
    const check = checks[index]
    return check === undefined ? [] : [{ argv, check }]
  })
}

const UNKNOWN: readonly BaselineCheck['outcome'][] = ['timed-out', 'not-reached']

/**
 * Whether the agent of a task waits for a look by a person if its acceptance passes before any work: nothing has shown people
 * what that check does on the base, since the baseline came too late or was not taken, did not end, or knew no such task yet.
 * After `/retry` it does not wait again, nor if the base has earlier work of it, nor if a review asked for it, whose
 * acceptance has to pass before and after.
 */
export function looksFirst(run: LiveRun & { work: Work }, id: TaskId): boolean {
  const { work } = run
  const { attempts, onto } = recordOf(work, id)
  if (baselineTime(run) === 'never' || onto.length > 0) return false
  if (work.amendments.some(({ cause, added }) => cause === 'review' && added.includes(id))) return false
  const { argv } = taskOf(work, id).acceptance
  if (takenChecks(work).some((taken) => isSameCommand(taken.argv, argv) && !UNKNOWN.includes(taken.check.outcome)))
    return false
  return !attempts.some(({ failure }) => failure?.reason === 'passes-already')
}
