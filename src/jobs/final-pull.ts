import { isPullOver } from '../core/command/decide-pull.ts'
import type { NewEvent } from '../core/run/event.ts'
import type { RunState } from '../core/run/state.ts'
import type { JobDeps } from './deps.ts'

/** The event of a final pull request that is closed although no event of GitHub has said so; null: it is not. */
export async function finalPullClosed({ forge }: JobDeps, state: RunState): Promise<NewEvent | null> {
  const final = state.phase === 'empty' ? undefined : state.projected['pull:trunk']
  if (final === undefined || isPullOver(state, true) || isPullOver(state, false)) return null
  const pull = await forge.pull(final.number)
  return pull?.state === 'closed' ? { type: 'run_closed', merged: pull.merged, head: pull.head } : null
}
