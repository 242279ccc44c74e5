import type { JournalLoss } from '../core/failure.ts'
import type { RunId, Sha } from '../core/ids.ts'
import type { RunState } from '../core/run/state.ts'
import { renderJournalLoss } from '../render/reply/journal-loss.ts'
import type { JobDeps } from './deps.ts'
import { say, threadsOf } from './say.ts'

/** The journal cannot hold it, so it is said in a comment, once for each tip. Then the job ends in order: another could do no more. */
export async function sayLoss(
  deps: Pick<JobDeps, 'forge' | 'log'>,
  run: RunId,
  loss: JournalLoss,
  last: { state: RunState; tip: Sha } | null,
): Promise<void> {
  const body = renderJournalLoss(run, loss).join('\n')
  deps.log(body)
  await say(deps, { threads: threadsOf(run, last?.state ?? null), key: `${loss.reason}:${last?.tip ?? run}`, body })
}
