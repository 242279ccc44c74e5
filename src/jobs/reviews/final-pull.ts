import { isPullOver } from '../../core/command/decide-pull.ts'
import type { Sha } from '../../core/ids.ts'
import { locatedPull } from '../../core/run/projection-name.ts'
import type { RunState } from '../../core/run/state.ts'
import type { SeenPull } from '../../ports/forge.ts'
import type { JobDeps } from '../deps.ts'

/** What the final pull request says and no event of GitHub has reported. */
interface FinalPull {
  /** It is merged or closed. No event comes if that is done while it is in conflict with the base. */
  closed: { merged: boolean; head: Sha } | null
  /** Its head, if people moved it after the run was done. */
  beyond: Sha | null
}

type Now = Omit<SeenPull, 'reviews'>

const NOTHING: FinalPull = { closed: null, beyond: null }

/** One request, unless the run has no final pull request, its end is known, or it was `seen` just now. */
export async function lookAtFinalPull(
  { forge }: Pick<JobDeps, 'forge'>,
  state: RunState,
  seen: Now | null = null,
): Promise<FinalPull> {
  const final = locatedPull(state, 'trunk')
  if (final === undefined || isPullOver(state, false)) return NOTHING
  const pull = seen?.number === final.number ? seen : await forge.pull(final.number)
  return pull === null ? NOTHING : finalPullAs(state, pull)
}

/** What the final pull request says, as it was seen. */
export function finalPullAs(state: RunState, { state: now, merged, head }: Now): FinalPull {
  if (now === 'closed') return { closed: { merged, head }, beyond: null }
  const isMoved = state.phase === 'ended' && state.work !== null && head !== state.work.trunk.tip
  return { closed: null, beyond: isMoved ? head : null }
}
