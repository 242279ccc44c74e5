import { branchRef, type Sha, trunkBranch } from '../../../core/ids.ts'
import type { Work } from '../../../core/run/work.ts'
import { type Draft, recordEvents, withRefMove } from './event-draft.ts'
import { nowOf, type Session } from './session.ts'

/*
 * GitHub lets no token of a job push a change of a workflow file, and by some reports compares what is pushed with the
 * default branch as it is now. If that has changed its workflow files since the run began, each push of a branch that does
 * not follow is refused then. So the run takes these files over, in a commit that everything pushed from now on contains.
 */

const WORKFLOWS = '.github/workflows'

/** After such a refusal: trunk takes over the workflow files of the base branch. */
export async function followWorkflows(session: Session, draft: Draft): Promise<Draft> {
  if (!session.behind || draft.state.phase !== 'active') return draft
  const { work } = draft.state
  const base = session.refs.get(branchRef(work.baseBranch))
  if (base === undefined || base === work.workflows?.base) return draft
  const commit = await takenOver(session, work, base)
  const merged = await session.repo.merge(work.trunk.tip, commit, wordsFor(session, work))
  if (!merged.ok) return draft
  const moved = withRefMove(draft, { ref: branchRef(trunkBranch(session.run)), from: work.trunk.tip, to: merged.sha })
  return recordEvents(moved, nowOf(session), { type: 'workflows_followed', base, commit, sha: merged.sha })
}

async function takenOver(session: Session, work: Work, base: Sha): Promise<Sha> {
  const before = work.workflows?.commit ?? work.trunk.start
  await session.repo.fetchAlone([base])
  const tree = await session.repo.treeWithFolder(before, WORKFLOWS, base)
  return session.repo.commit(tree, [before], wordsFor(session, work))
}

const wordsFor = ({ run }: Session, { baseBranch }: Work) => ({
  subject: `Follow the workflow files of ${baseBranch}`,
  trailers: { 'Tributary-Run': run },
})

/** The commit, merged with the workflow files that the run has taken over, if it does not have them. No task may change these. */
export async function withWorkflows(session: Session, work: Work, commit: Sha): Promise<Sha> {
  if (work.workflows === undefined) return commit
  const { repo } = session
  const { commit: ours } = work.workflows
  if (await repo.isAncestor(ours, commit)) return commit
  if (await repo.isAncestor(commit, ours)) return ours
  const merged = await repo.merge(commit, ours, wordsFor(session, work))
  return merged.ok ? merged.sha : commit
}

/** The tree of a run's first commit: the base's, with the workflow files of the base branch as they are now if GitHub asks for them. */
export async function firstTree({ repo, behind }: Session, base: Sha, baseBranch: string): Promise<Sha> {
  const tip = behind ? await repo.tip(branchRef(baseBranch)) : null
  if (tip === null || tip === base) return repo.treeOf(base)
  await repo.fetchAlone([tip])
  return repo.treeWithFolder(base, WORKFLOWS, tip)
}
