import type { BaseDrift } from '../core/command/decision.ts'
import { branchRef, type Sha } from '../core/ids.ts'
import { matches } from '../core/plan/glob.ts'
import type { ActiveRun, ProposedRun, Work } from '../core/run/state.ts'
import { SETTINGS_PATH } from '../core/settings.ts'
import type { Repo } from '../ports/repo.ts'
import type { JobDeps } from './deps.ts'

/** How the base branch stands to the plan's base; null where it has not moved. Trees are compared, no history is needed. */
export async function driftOf(deps: JobDeps, run: ProposedRun | ActiveRun): Promise<BaseDrift | null> {
  const { work } = run
  const ref = branchRef(work.baseBranch)
  const { refs } = await deps.journal.look(run.run, [ref])
  const tip = refs.get(ref)
  if (tip === undefined || tip === work.baseSeen.sha) return null
  return driftBetween(await deps.repo(), work, tip)
}

/** From the tip that was looked at last, so that a move that a person has accepted is not asked about again. */
export async function driftBetween(repo: Repo, work: Work, tip: Sha): Promise<BaseDrift> {
  const from = work.baseSeen.sha
  await repo.fetchAlone([from, tip])
  const moved = (await repo.changes(from, tip)).map((change) => change.path)
  const used = work.plan.tasks.flatMap((task) => [...task.writes, ...task.reads])
  return {
    to: tip,
    paths: moved.filter((path) => matches(used, path)),
    settingsChanged: moved.includes(SETTINGS_PATH),
  }
}
