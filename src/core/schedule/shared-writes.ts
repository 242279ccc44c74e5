import type { RunId } from '../ids.ts'
import { issueOf } from '../ids.ts'
import { writesCollide } from '../plan/glob.ts'
import type { Plan } from '../plan/plan.ts'
import { statusOf } from '../run/lookup.ts'
import type { SharedWrites } from '../run/report.ts'
import { type RunState, workOf } from '../run/state.ts'

const MOST_RUNS = 5
const MOST_PATHS = 5

/**
 * Other runs that may write what this plan writes, those of the oldest issues first: they wait for approval, are at work, or have
 * ended with a pull request that is not merged yet. At most five runs, with at most five of this plan's paths each.
 */
export function runsWithSharedWrites(plan: Plan, others: readonly RunState[]): SharedWrites {
  const own = [...new Set(plan.tasks.flatMap(({ writes }) => writes))]
  return others
    .flatMap((state) => {
      const theirs = openWrites(state)
      const paths = own.filter((path) => theirs.some((other) => writesCollide(path, other)))
      return state.phase === 'empty' || paths.length === 0
        ? []
        : [{ run: state.run, paths: paths.slice(0, MOST_PATHS) }]
    })
    .toSorted((one, other) => byAge(one.run, other.run))
    .slice(0, MOST_RUNS)
}

const byAge = (one: RunId, other: RunId): number => issueOf(one) - issueOf(other)

/** What a run may write into the base branch in the end; nothing if it is merged or closed. */
function openWrites(state: RunState): string[] {
  const work = workOf(state)
  if (work === null || (state.phase === 'ended' && state.conclusion !== 'success')) return []
  return work.plan.tasks.flatMap(({ id, writes }) => (statusOf(work, id) === 'skipped' ? [] : writes))
}
