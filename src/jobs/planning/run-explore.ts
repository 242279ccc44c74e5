import { explore } from '../../agent/planner/explore.ts'
import { type At, events, type StageEnd } from './at.ts'

/** Reads the base before anything is planned. */
export async function exploreBase({ planning, input, speaker, sources, signal }: At): Promise<StageEnd> {
  const found = await explore({ speaker, model: planning.settings.explore_model, sources, input }, signal)
  return found.ok ? events({ type: 'explored', explorations: found.explorations }) : found
}
