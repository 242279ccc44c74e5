import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../core/ids.ts'
import { checkedSha, type LocalRepo } from './local-repo.ts'
import { gitText } from './plumbing.ts'
import { missingCommits } from './remote/fetch.ts'
import { fetchInto, type GitStore, openGitStore } from './store.ts'

const DEPTH = 200
const FETCH_SECONDS = 60
const LOG_SECONDS = 30

/**
 * Fetches the history of a commit's code into a separate repository. Deepening the repository that merges would move its
 * shallow boundary, and its merge bases depend on that.
 */
export async function historyOf(store: GitStore, commit: Sha): Promise<LocalRepo> {
  const deep = await openGitStore({
    gitDir: join(store.repo.gitDir, 'code-history'),
    remoteUrl: store.remote.url,
    token: store.remote.token,
    clock: store.clock,
    ...store.network,
    seconds: FETCH_SECONDS,
  })
  if ((await missingCommits(deep, [commit])).length > 0) {
    await fetchInto(deep, [`--depth=${DEPTH}`, '--filter=blob:none'], [`+${checkedSha(commit)}:refs/history/${commit}`])
  }
  return deep.repo
}

/** `<short id> <subject>` of the commits, newest first; empty for a path that git does not understand. */
export async function logOf(repo: LocalRepo, commit: Sha, path: string | null, most: number): Promise<string[]> {
  const shallow = await shallowCommits(repo)
  const paths = path === null ? [] : [path]
  const format = ['--no-show-signature', '--no-renames', '--format=%H %h %s']
  const args = ['log', ...format, `--max-count=${most + shallow.size}`, checkedSha(commit), '--', ...paths]
  const options = { env: { GIT_LITERAL_PATHSPECS: '1' }, seconds: LOG_SECONDS }
  const lines = (await gitText(repo, args, options).catch(() => '')).split('\n').filter((line) => line !== '')
  // A commit without its parents (shallow) looks as if it had added every file.
  const shown = path === null ? lines : lines.filter((line) => !shallow.has(line.slice(0, 40)))
  return shown.slice(0, most).map((line) => line.slice(41))
}

const LATELY = 100

/** How many of the newest hundred commits changed each path. */
export async function changedLately(repo: LocalRepo, commit: Sha): Promise<Map<string, number>> {
  const shallow = await shallowCommits(repo)
  const args = ['log', '--no-show-signature', '--no-renames', '--name-only', '-z', '--format=%x01%H']
  const options = { seconds: LOG_SECONDS }
  const text = await gitText(repo, [...args, `--max-count=${LATELY}`, checkedSha(commit)], options).catch(() => '')
  const counts = new Map<string, number>()
  for (const entry of text.split('\u0001')) {
    const [sha = '', ...paths] = entry.split('\0')
    // A commit without its parents (shallow) looks as if it had added every file.
    if (shallow.has(sha)) continue
    for (const path of paths.map((one) => one.replace(/^\n/, '')).filter((one) => one !== ''))
      counts.set(path, (counts.get(path) ?? 0) + 1)
  }
  return counts
}

async function shallowCommits({ gitDir }: LocalRepo): Promise<ReadonlySet<string>> {
  const text = await readFile(join(gitDir, 'shallow'), 'utf8').catch(() => '')
  return new Set(text.split('\n').filter((line) => line !== ''))
}
