import { issueOf, type RunId } from '../core/ids.ts'
import { locatedPull } from '../core/run/projection-name.ts'
import type { RunState } from '../core/run/state.ts'
import type { JobDeps } from './deps.ts'

/** Where a run speaks: on its issue or, if that takes no comments, on its final pull request. */
export function threadsOf(run: RunId, state: RunState | null): number[] {
  const final = state === null ? undefined : locatedPull(state, 'trunk')
  return final === undefined ? [issueOf(run)] : [issueOf(run), final.number]
}

interface Words {
  /** The first that takes it: a thread may be locked, or gone. */
  threads: readonly number[]
  key: string
  body: string
  fresh?: boolean
}

/** Says it once. If no thread takes it, as in an archived repository, the job's log is the only place left. */
export async function say(
  { forge, log }: Pick<JobDeps, 'forge' | 'log'>,
  { threads, key, body, fresh = false }: Words,
): Promise<void> {
  for (const thread of new Set(threads)) {
    const said = await forge.reply(thread, key, body, fresh)
    if (said.ok) return
    log(`not said on #${thread}: ${said.message}`)
  }
}
