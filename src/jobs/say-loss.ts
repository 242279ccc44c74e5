import type { JournalLoss } from '../core/failure.ts'
import { issueOf, type RunId, type Sha } from '../core/ids.ts'
import type { Forge } from '../ports/forge.ts'
import { renderJournalLoss } from '../render/reply/journal-loss.ts'

/** The journal cannot hold it, so it is said in a comment, once for each tip. Then the job ends in order: another could do no more. */
export const sayLoss = ({ forge }: { forge: Forge }, run: RunId, loss: JournalLoss, tip: Sha | null): Promise<void> =>
  forge.reply(issueOf(run), `${loss.reason}:${tip ?? run}`, renderJournalLoss(run, loss).join('\n'), false)
