import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sha } from '../../core/ids.ts'
import { checkedSha, type LocalRepo } from './local-repo.ts'
import { gitLine, gitText, runGit } from './plumbing.ts'
import { bringFiles } from './remote/absent-files.ts'

/** The tree of a commit with one folder as it is in another commit; without it if it is not there. No checkout. */
export async function treeWithFolder(repo: LocalRepo, commit: Sha, folder: string, from: Sha): Promise<Sha> {
  const index = join(repo.gitDir, `index-${randomUUID()}`)
  const env = { GIT_INDEX_FILE: index, GIT_LITERAL_PATHSPECS: '1' }
  const entriesIn = async (at: Sha) =>
    (await gitText(repo, ['ls-tree', '-r', '-z', '--full-tree', checkedSha(at), '--', `${folder}/`], { env }))
      .split('\0')
      .filter((entry) => entry !== '')
  const gone = (await entriesIn(commit)).map((entry) => `0 ${'0'.repeat(40)}${entry.slice(entry.indexOf('\t'))}`)
  const entries = await entriesIn(from)
  // A push sends them, and what the remote has of another branch is not left out.
  await bringFiles(
    repo,
    entries.flatMap((entry) => /^\d{6} blob ([0-9a-f]{40})\t/.exec(entry)?.[1] ?? []),
  )
  const input = [...gone, ...entries].map((entry) => `${entry}\0`).join('')
  try {
    await runGit(repo, ['read-tree', commit], { env })
    await runGit(repo, ['update-index', '-z', '--index-info'], { env, input })
    return await gitLine(repo, ['write-tree', '--missing-ok'], { env })
  } finally {
    await rm(index, { force: true })
  }
}
