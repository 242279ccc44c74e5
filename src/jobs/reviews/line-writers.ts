import type { LineWriters } from '../../core/command/decide-final-review.ts'
import type { LineComment } from '../../core/command/decide-pull-review.ts'
import { branchRef, trunkBranch } from '../../core/ids.ts'
import { type LiveRun, workOf } from '../../core/run/state.ts'
import type { JobDeps } from '../deps.ts'

/** Who wrote the commented lines of the final pull request, by git. Commits that cannot be had leave it unknown. */
export async function lineWriters(
  deps: Pick<JobDeps, 'repo' | 'log'>,
  run: LiveRun,
  lines: readonly LineComment[],
): Promise<LineWriters> {
  const [work, found] = [workOf(run), new Map<number, string>()]
  const placed = lines.flatMap(({ id, path, made }) => (made === null ? [] : [{ id, path, ...made }]))
  if (work === null || placed.length === 0) return found
  try {
    const repo = await deps.repo()
    await repo.fetch([work.base, ...placed.map(({ commit }) => commit)], [branchRef(trunkBranch(run.run))])
    for (const { id, commit, path, line } of placed) {
      const by = await repo.lineChangedBy(commit, path, line)
      // What people merged by hand is recorded with the tip of trunk: it may stand for several tasks.
      const landed = work.trunk.merges.filter(({ sha }) => sha === by)
      if (landed.length === 1 && landed[0] !== undefined) found.set(id, landed[0].task)
    }
  } catch (error) {
    deps.log(`the writers of commented lines are taken from the plan: ${String(error)}`)
  }
  return found
}
