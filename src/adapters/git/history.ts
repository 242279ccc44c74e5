import { join } from 'node:path'
import type { RunEvent } from '../../core/event.ts'
import type { RunId, Sha } from '../../core/ref.ts'
import { eventsOf } from './journal-words.ts'
import { gitText } from './plumbing.ts'
import { fetchInto, openStore, type Store } from './store.ts'

/**
 * Every event of the journal up to `tip`. The chain is fetched into a repository of its own, without a tree or a blob: the
 * one that merges knows the journal from where it first read it on, and to deepen that would deepen the code's history too.
 */
export async function readHistory(store: Store, run: RunId, tip: Sha): Promise<RunEvent[]> {
  const chain = await openStore({
    gitDir: join(store.place.gitDir, 'history'),
    remoteUrl: store.remote.url,
    token: store.remote.token,
    clock: store.clock,
    ...store.network,
  })
  await fetchInto(chain, ['--filter=tree:0'], [`+${tip}:refs/journal/${run}`])
  const log = await gitText(chain.place, ['log', '--first-parent', '--reverse', '-z', '--format=%H%n%B', tip, '--'])
  return log
    .split('\0')
    .filter((entry) => entry !== '')
    .flatMap((entry) => eventsOf(entry.slice(0, 40), entry.slice(41)))
}
