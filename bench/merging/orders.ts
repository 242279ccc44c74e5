import { workOf } from '../../src/core/run/state.ts'
import { STEPS } from '../../src/jobs/orchestrate/orchestrate.ts'
import { type Outcome, runMachine } from '../machine/machine.ts'
import { randomOf, seedOf } from '../random.ts'
import { branching, idsOf } from './branches.ts'
import { type GitWorld, gitWorld, withoutHaste } from './git-repository.ts'

/** Orders in which the same branches are done. */
export const ORDERS = 3
export const SLOTS = 8

export interface Merged {
  files: number
  branches: number
  /** Share of the branches that touch one file besides their own. */
  conflicts: number
  /** Milliseconds of each merge that was clean, from the call of the repository's port until the commit is there. */
  merges: readonly number[]
  trees: number
  lost: number
  conflicted: number
  ended: number
}

/** Independent tasks whose branches meet on trunk, in several orders of completion. */
export async function mergeAll(files: number, branches: number, conflicts: number): Promise<Merged> {
  const random = randomOf(seedOf('shares', branches, conflicts))
  const ids = idsOf(branches)
  const sharing = new Set(ids.filter(() => random() < conflicts))
  const world = await gitWorld(files, { shares: (task) => sharing.has(task), exports: (task) => [task] })
  try {
    const runs: Outcome[] = []
    for (let order = 1; order <= ORDERS; order += 1)
      runs.push(
        await runMachine(branching(ids, sharing, order), {
          slots: SLOTS,
          repo: world.repo,
          start: world.start,
          steps: [withoutHaste, ...STEPS],
        }),
      )
    return {
      files,
      branches,
      conflicts,
      merges: world.merges,
      trees: new Set(runs.map((run) => world.treeOf(tipOf(run)))).size,
      lost: runs.reduce((sum, run) => sum + lostIn(world, run), 0),
      conflicted: runs.flatMap(({ events }) => events.filter(({ type }) => type === 'task_conflicted')).length,
      ended: runs.filter(({ makespan }) => !Number.isNaN(makespan)).length,
    }
  } finally {
    world.close()
  }
}

function tipOf({ state }: Outcome): string {
  const work = workOf(state)
  if (work === null) throw new Error('the run has no plan')
  return work.trunk.tip
}

/** Tasks without a head, or with one that trunk does not hold. */
function lostIn(world: GitWorld, run: Outcome): number {
  const held = world.historyOf(tipOf(run))
  const records = Object.values(workOf(run.state)?.tasks ?? {})
  return records.filter(({ state }) => state.status !== 'landed' || !held.has(state.head)).length
}
