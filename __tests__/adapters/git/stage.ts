import { join } from 'node:path'
import { openJournal } from '../../../src/adapters/git/journal/journal.ts'
import { openRepo } from '../../../src/adapters/git/repo.ts'
import type { Writer } from '../../contract/journal.contract.ts'
import { type BareRemote, bareRemote, tempDir } from '../../support/git.ts'
import { type GitServer, serveGit } from '../../support/git-server.ts'
import { hastyClock } from '../../support/hasty-clock.ts'

export interface GitStage {
  remote: BareRemote
  url: string
  writer(): Promise<Writer>
  tipOf(ref: string): string | null
  refuse(ref: string, words: string): void
}

export const TOKEN = 'ghs_0123456789abcdefghij'

export function fileStage(): GitStage {
  const remote = bareRemote()
  return stageOn(remote, remote.url)
}

export async function httpStage(): Promise<GitStage & { server: GitServer }> {
  const root = tempDir()
  const remote = bareRemote(join(root, 'mona', 'retry.git'))
  const server = await serveGit(root)
  return { ...stageOn(remote, `${server.url}/mona/retry.git`), server }
}

function stageOn(remote: BareRemote, url: string): GitStage {
  const base = remote.commit({ 'readme.md': 'Hello\n' })
  remote.point('refs/heads/main', base)
  const refuse = (ref: string, words: string) =>
    remote.updateHook(`[ "$1" = '${ref}' ] || exit 0; echo '${words}' >&2; exit 1`)
  return { remote, url, writer: () => writerAt(url, base), tipOf: (ref) => remote.tip(ref), refuse }
}

async function writerAt(remoteUrl: string, base: string): Promise<Writer> {
  const options = { gitDir: join(tempDir(), 'repo.git'), remoteUrl, token: TOKEN, clock: hastyClock() }
  const [journal, repo] = [await openJournal(options), await openRepo(options)]
  let commits = 0
  const commit = async () => {
    await repo.fetch([base])
    commits += 1
    return repo.commit(await repo.treeOf(base), [base], { subject: `Commit ${commits}` })
  }
  return { journal, commit }
}
