import type { RunId, Sha } from '../core/ids.ts'
import type { RunEvent } from '../core/run/event.ts'
import type { RunState } from '../core/run/state.ts'
import type { JobDeps } from './deps.ts'
import { sayLoss } from './say-loss.ts'

/** The events of a decision, and the state after them. */
interface Decided {
  events: readonly RunEvent[]
  state: RunState
}

/** Writes what was decided, if it is anything. Null: another process wrote first. */
export async function appendDecided(
  { journal }: Pick<JobDeps, 'journal'>,
  { run, tip }: { run: RunId; tip: Sha | null },
  { events, state }: Decided,
): Promise<{ ok: true } | { ok: false; words: string } | null> {
  const appended = events.length === 0 ? null : await journal.append(run, tip, events, state, [])
  if (appended === null || appended.ok) return { ok: true }
  return appended.error.reason === 'conflict' ? null : { ok: false, words: appended.error.words }
}

/** The same; a journal that the remote refuses is said in a comment, and gives false. `read`: the run as it was before. */
export async function appendOrSayLoss(
  deps: Pick<JobDeps, 'journal' | 'forge' | 'log'>,
  read: { run: RunId; state: RunState; tip: Sha },
  decided: Decided,
): Promise<boolean | null> {
  const appended = await appendDecided(deps, read, decided)
  if (appended === null || appended.ok) return appended?.ok ?? null
  await sayLoss(deps, read.run, { reason: 'journal-refused', words: appended.words }, read)
  return false
}
