import { branchRef, trunkBranch } from '../../../core/ids.ts'
import type { EventOf, NewEvent } from '../../../core/run/event.ts'
import type { MovedBranch } from '../../../core/run/report.ts'
import { workOf } from '../../../core/run/state.ts'
import { recordEvents } from '../session/event-draft.ts'
import { nowOf, type OrchestratorStep } from '../session/session.ts'

/**
 * Adopts what people did to trunk, by the merge button, "Update branch" or a push: it is verified, and later merges build on
 * it. A trunk that lost what the run knows pauses the run instead, and is not overwritten.
 */
export const watchTrunk: OrchestratorStep = async (session, draft) => {
  if (draft.state.phase !== 'active') return draft
  const known = draft.state.work.trunk.tip
  const branch = trunkBranch(session.run)
  const sha = session.refs.get(branchRef(branch))
  // The listed tip belongs to the recorded state: a draft that moves trunk itself says nothing of what others did.
  const isOurs = workOf(session.state)?.trunk.tip !== known
  if (sha === undefined || sha === known || isOurs) return draft
  await session.repo.fetch([sha], [branchRef(branch)])
  if (await session.repo.isAncestor(known, sha)) {
    const author = await session.repo.authorOf(sha)
    return recordEvents(draft, nowOf(session), { type: 'trunk_adopted', from: known, sha, author })
  }
  if (draft.state.paused !== null) return draft
  return recordEvents(draft, nowOf(session), branchesMovedPause([{ branch, sha, known }]))
}

/** The pause for branches that others moved and that cannot be adopted. */
export const branchesMovedPause = (moved: readonly MovedBranch[]): NewEvent & Pick<EventOf<'run_paused'>, 'type'> => ({
  type: 'run_paused',
  why: `others moved ${moved.map(({ branch }) => `\`${branch}\``).join(', ')}, and work of the run is not in it any more`,
  cause: 'branches',
  moved: [...moved],
})
