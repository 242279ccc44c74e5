import { join } from 'node:path'
import { openRepo } from '../../../src/adapters/git/repo.ts'
import { sourcesContract, type Texts } from '../../contract/sources.contract.ts'
import { type BareRemote, tempDir } from '../../support/git.ts'
import { hastyClock } from '../../support/hasty-clock.ts'
import { nested } from '../../support/nested.ts'
import { fileStage, TOKEN } from './stage.ts'

const repoAt = (remoteUrl: string, gitDir = join(tempDir(), 'repo.git')) =>
  openRepo({ gitDir, remoteUrl, token: TOKEN, clock: hastyClock() })

async function sourcesOf(literal: Parameters<BareRemote['commit']>[0]) {
  const { remote, url } = fileStage()
  const repo = await repoAt(url)
  const sha = remote.commit(literal)
  await repo.fetch([sha])
  return repo.sources(sha)
}

sourcesContract('a commit', (texts: Texts) => sourcesOf(nested(texts)))
