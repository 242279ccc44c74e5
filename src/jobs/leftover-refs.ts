import type { LiveRun } from '../core/run/state.ts'
import { leftoverBranches } from '../core/schedule/run-end.ts'
import type { Journal, RefUpdate } from '../ports/journal.ts'

/** The deletions of what an ended run leaves behind. A ref that has gone or moved is not ours to delete. */
export async function leftoverUpdates(journal: Pick<Journal, 'look'>, state: LiveRun): Promise<RefUpdate[]> {
  const leftover = leftoverBranches(state)
  if (leftover.length === 0) return []
  const { refs } = await journal.look(
    state.run,
    leftover.map(({ ref }) => ref),
  )
  return leftover.filter(({ ref, from }) => refs.get(ref) === from).map((one) => ({ ...one, to: null }))
}
