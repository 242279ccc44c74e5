import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openRepo } from '../../../src/adapters/git/repo.ts'
import { type RepoStage, repoContract } from '../../contract/repo.contract.ts'
import { git, tempDir } from '../../support/git.ts'
import { hastyClock } from '../../support/hasty-clock.ts'
import { fileStage, type GitStage, httpStage, TOKEN } from './stage.ts'

const repoAt = (remoteUrl: string, gitDir = join(tempDir(), 'repo.git')) =>
  openRepo({ gitDir, remoteUrl, token: TOKEN, clock: hastyClock() })

const onStage = ({ remote, url }: GitStage): RepoStage => ({ remote, repo: () => repoAt(url) })

repoContract('of a remote on this machine', async () => onStage(fileStage()))
repoContract('of a remote behind http', async () => onStage(await httpStage()))

it('makes the same commit of the same tree, words and moment', async () => {
  const { remote, url } = fileStage()
  const base = remote.commit({ a: '1\n' })
  const [one, other] = [await repoAt(url), await repoAt(url)]
  await Promise.all([one.fetch([base]), other.fetch([base])])
  const words = { subject: 'Start t1', body: 'Because.\r\nOf that.', trailers: { 'Tributary-Task': 't1' } }
  const tree = await one.treeOf(base)
  expect(await one.commit(tree, [base], words)).toBe(await other.commit(tree, [base], words))
})

it('writes trailers that git reads as such, and lets no value forge another', async () => {
  const { remote, url } = fileStage()
  const gitDir = join(tempDir(), 'repo.git')
  const repo = await repoAt(url, gitDir)
  const base = remote.commit({ a: '1\n' })
  await repo.fetch([base])
  const trailers = { 'Tributary-Task': 't1\nTributary-Run: 666', 'Tributary-Run': '42' }
  const words = { subject: 'Merge t1:\nsay it', body: 'Tributary-Run: 7\n\nMore.', trailers }
  const sha = await repo.commit(await repo.treeOf(base), [base], words)
  expect(git(gitDir, ['log', '-1', '--format=%s|%(trailers:only,unfold)', sha])).toBe(
    'Merge t1: say it|Tributary-Task: t1 Tributary-Run: 666\nTributary-Run: 42',
  )
  expect(git(gitDir, ['log', '-1', '--format=%an <%ae> %cI', sha])).toBe(
    'github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com> 2026-01-02T03:04:05+00:00',
  )
  await expect(repo.commit(base, [], { subject: 'x', trailers: { 'No Name': 'x' } })).rejects.toThrow('trailer')
})

it('opens a repository again with all that it had', async () => {
  const { remote, url } = fileStage()
  const gitDir = join(tempDir(), 'repo.git')
  const base = remote.commit({ a: '1\n' })
  await (await repoAt(url, gitDir)).fetch([base])
  expect(await (await repoAt(url, gitDir)).readFile(base, 'a')).toBe('1\n')
})

it('runs two fetches into one repository one after the other', async () => {
  const { remote, url } = fileStage()
  const gitDir = join(tempDir(), 'repo.git')
  const [one, other] = [await repoAt(url, gitDir), await repoAt(url, gitDir)]
  const commits = Array.from({ length: 6 }, (_, index) => remote.commit({ a: `${index}\n` }))
  await Promise.all(commits.map((sha, index) => (index % 2 === 0 ? one : other).fetchAlone([sha])))
  expect(await one.readFile(commits[5] ?? '', 'a')).toBe('5\n')
})

it('speaks to nobody but the remote, and by no other protocol', async () => {
  for (const url of ['ssh://git@github.com/a/b', 'ext::sh -c id', '/tmp/x', 'git@github.com:a/b.git', '']) {
    await expect(repoAt(url)).rejects.toThrow('no address')
  }
})
