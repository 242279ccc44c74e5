import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../core/ids.ts'
import { missingCommits } from './fetch.ts'
import { checkedSha, type GitPlace } from './place.ts'
import { gitText } from './plumbing.ts'
import { fetchInto, type GitStore, openGitStore } from './store.ts'

const DEPTH = 200
const FETCH_SECONDS = 60
const LOG_SECONDS = 30

/**
 * The history of a commit's code, in a repository of its own: to deepen the one that merges would move the horizon on which
 * its merge bases stand.
 */
export async function historyOf(store: GitStore, commit: Sha): Promise<GitPlace> {
  const deep = await openGitStore({
    gitDir: join(store.place.gitDir, 'code-history'),
    remoteUrl: store.remote.url,
    token: store.remote.token,
    clock: store.clock,
    ...store.network,
    seconds: FETCH_SECONDS,
  })
  if ((await missingCommits(deep, [commit])).length > 0) {
    await fetchInto(deep, [`--depth=${DEPTH}`, '--filter=blob:none'], [`+${checkedSha(commit)}:refs/history/${commit}`])
  }
  return deep.place
}

/** `<short id> <subject>` of the commits, newest first; none for a path that git does not understand. */
export async function logOf(place: GitPlace, commit: Sha, path: string | null, most: number): Promise<string[]> {
  const cut = await whereCut(place)
  const paths = path === null ? [] : [path]
  const format = ['--no-show-signature', '--no-renames', '--format=%H %h %s']
  const args = ['log', ...format, `--max-count=${most + cut.size}`, checkedSha(commit), '--', ...paths]
  const options = { env: { GIT_LITERAL_PATHSPECS: '1' }, seconds: LOG_SECONDS }
  const lines = (await gitText(place, args, options).catch(() => '')).split('\n').filter((line) => line !== '')
  // A commit that is cut off from its parents looks as if it had made every file.
  const told = path === null ? lines : lines.filter((line) => !cut.has(line.slice(0, 40)))
  return told.slice(0, most).map((line) => line.slice(41))
}

async function whereCut({ gitDir }: GitPlace): Promise<ReadonlySet<string>> {
  const text = await readFile(join(gitDir, 'shallow'), 'utf8').catch(() => '')
  return new Set(text.split('\n').filter((line) => line !== ''))
}
