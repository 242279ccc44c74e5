import type { Sha } from '../../core/ids.ts'
import { checkedSha } from './local-repo.ts'
import { runGit } from './plumbing.ts'
import { bringAllFiles } from './remote/absent-files.ts'
import type { GitStore } from './store.ts'

const NO_SUCH_LINE = 128
const SECONDS = 60

/** The commit that last changed a line, along first parents; null: the file has no such line. */
export async function lineChangedBy({ repo }: GitStore, commit: Sha, path: string, line: number): Promise<Sha | null> {
  await bringAllFiles(repo)
  const at = ['-L', `${Math.trunc(line)},${Math.trunc(line)}`, checkedSha(commit)]
  const args = ['blame', '--porcelain', '--first-parent', ...at, '--', path]
  const { code, stdout } = await runGit(repo, args, { codes: [0, NO_SUCH_LINE], seconds: SECONDS })
  return code === 0 ? checkedSha(stdout.toString('latin1').split(' ', 1)[0] ?? '') : null
}
