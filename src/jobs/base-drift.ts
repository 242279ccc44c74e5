import { branchRef, type Sha } from '../core/ids.ts'
import { type BaseDrift, driftOfBase } from '../core/landing/base-drift.ts'
import type { ActiveRun, ProposedRun } from '../core/run/state.ts'
import type { Work } from '../core/run/work.ts'
import type { Repo } from '../ports/repo.ts'
import type { JobDeps } from './deps.ts'

/** How the base branch has moved since it was last looked at; null: it has not. Compares trees, so it needs no history. */
export async function driftOf(deps: JobDeps, run: ProposedRun | ActiveRun): Promise<BaseDrift | null> {
  const { work } = run
  const ref = branchRef(work.baseBranch)
  const { refs } = await deps.journal.look(run.run, [ref])
  const tip = refs.get(ref)
  if (tip === undefined || tip === work.baseSeen.sha) return null
  return driftBetween(await deps.repo(), work, tip)
}

/** Compares with the tip that was seen last, so that a move that a person has accepted is not asked about again. */
export async function driftBetween(repo: Repo, work: Work, tip: Sha): Promise<BaseDrift> {
  const from = work.baseSeen.sha
  await repo.fetchAlone([from, tip])
  const changes = await repo.changes(from, tip)
  return driftOfBase(
    work,
    tip,
    changes.map(({ path }) => path),
  )
}
