import { cappedLog } from '../../core/capped-log.ts'
import type { Sha } from '../../core/ref.ts'
import { missing } from './fetch.ts'
import { readCommit } from './objects.ts'
import { checkedRef, checkedSha, type GitPlace } from './place.ts'
import { runGit } from './plumbing.ts'
import { fetchInto, type Store } from './store.ts'

const READ_BYTES = 16 * 1024 * 1024
const SECONDS = 60
const READABLE_PATHS = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.quotePath', GIT_CONFIG_VALUE_0: 'false' }
/** For the line that says how much is missing. */
const NOTE = 60

/** The diff as a reader sees it, at most so many characters: its beginning and its end. */
export async function shownDiff(place: GitPlace, from: Sha, to: Sha, most: number): Promise<string> {
  const plain = ['-r', '-p', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--ignore-submodules=all']
  const { stdout } = await runGit(place, ['diff-tree', ...plain, checkedSha(from), checkedSha(to)], {
    env: READABLE_PATHS,
    maxBytes: READ_BYTES,
    whenFull: 'cut',
    seconds: SECONDS,
  })
  const text = stdout.toString('utf8')
  if (text.length <= most) return text
  const log = cappedLog((line) => line, Math.max(Math.floor((most - NOTE) / 2), 0))
  log.add(text)
  return log.text().slice(0, most)
}

const LOOKED_AT = 'refs/tributary/looked-at'

/** Null where the commit, or the parent that it is compared with, cannot be had. */
export async function diffOfCommit(store: Store, ref: string, head: Sha, most: number): Promise<string | null> {
  checkedRef(ref)
  checkedSha(head)
  const here = (await parentOf(store, head)) ?? (await fetched(store, ref, head))
  return here === null ? null : shownDiff(store.place, here, head, most)
}

/** By its id, since the ref may have moved on; some servers hand out what refs point at, and nothing by its id. */
async function fetched(store: Store, ref: string, head: Sha): Promise<Sha | null> {
  for (const name of [head, ref]) {
    const came = await fetchInto(store, ['--depth=2'], [`+${name}:${LOOKED_AT}/${head}`]).catch(() => null)
    const parent = came === null ? null : await parentOf(store, head)
    if (parent !== null) return parent
  }
  return null
}

/** The first parent, where both are here. A commit that was fetched without its parents has some all the same. */
async function parentOf(store: Store, head: Sha): Promise<Sha | null> {
  if ((await missing(store, [head])).length > 0) return null
  const [parent] = (await readCommit(store.place, head)).parents
  return parent === undefined || (await missing(store, [parent])).length > 0 ? null : parent
}
