import type { JournalLoss } from '../core/failure.ts'
import { issueOf, type RunId, type Sha } from '../core/ids.ts'
import { renderJournalLoss } from '../render/reply/journal-loss.ts'
import type { JobDeps } from './deps.ts'

/** The journal cannot hold it, so it is said in a comment, once for each tip. Then the job ends in order: another could do no more. */
export async function sayLoss(
  { forge, log }: Pick<JobDeps, 'forge' | 'log'>,
  run: RunId,
  loss: JournalLoss,
  tip: Sha | null,
): Promise<void> {
  const text = renderJournalLoss(run, loss).join('\n')
  // If the comment is refused too, as in an archived repository, the job's log is the only place left.
  log(text)
  await forge.reply(issueOf(run), `${loss.reason}:${tip ?? run}`, text, false)
}
