import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeBlob, writeCommit, writeRef, writeTree } from '../../../src/adapters/git/objects.ts'
import { openGitStore } from '../../../src/adapters/git/store.ts'
import { systemClock } from '../../../src/adapters/system/clock.ts'
import { git, tempDir } from '../../support/git.ts'

const AT = new Date('2026-01-02T03:04:05.678Z')

async function emptyStore() {
  const gitDir = join(tempDir(), 'repo.git')
  const { repo } = await openGitStore({ gitDir, remoteUrl: 'https://example.com/x', token: '', clock: systemClock })
  return { gitDir, repo }
}

it('writes the very commit that git would, with any parents and words', async () => {
  const { gitDir, repo } = await emptyStore()
  const tree = await writeTree(repo, [])
  const root = await writeCommit(repo, { tree, parents: [], words: { subject: 'Begin' }, at: AT })
  const words = { subject: 'Ünïted\nwith "quotes"', body: 'One.\r\n\r\nTwo.', trailers: { 'Tributary-Task': 't1' } }
  for (const parents of [[], [root], [root, root]]) {
    const written = await writeCommit(repo, { tree, parents, words, at: AT })
    expect(await writeCommit(repo, { tree, parents, words, at: AT })).toBe(written)
    const text = git(gitDir, ['cat-file', 'commit', written])
    expect(git(gitDir, ['hash-object', '-t', 'commit', '--stdin'], `${text}\n`)).toBe(written)
    expect(git(gitDir, ['log', '-1', '--format=%an <%ae> %at %cn %s|%b', written])).toBe(
      'github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com> 1767323045 github-actions[bot] Ünïted with "quotes"|One.\n\nTwo.\n\nTributary-Task: t1',
    )
  }
  expect(git(gitDir, ['fsck', '--strict', '--no-dangling'])).toBe('')
})

it('writes the very blobs and trees that git would, names in git’s order', async () => {
  const { gitDir, repo } = await emptyStore()
  const paths = ['state.json', 'Plan.json', 'ä.json', 'plan.json']
  const files = await Promise.all(paths.map(async (path) => ({ path, sha: await writeBlob(repo, `${path}\n`) })))
  for (const { path, sha } of files) expect(git(gitDir, ['hash-object', '--stdin'], `${path}\n`)).toBe(sha)
  const listed = files.map(({ path, sha }) => `100644 blob ${sha}\t${path}\n`).join('')
  expect(await writeTree(repo, files)).toBe(git(gitDir, ['mktree'], listed))
  expect(git(gitDir, ['fsck', '--strict', '--no-dangling'])).toBe('')
})

it('points refs where git finds them, new and moved, and leaves nothing beside them', async () => {
  const { gitDir, repo } = await emptyStore()
  const tree = await writeTree(repo, [])
  const [first, second] = await Promise.all(
    ['One', 'Two'].map((subject) => writeCommit(repo, { tree, parents: [], words: { subject }, at: AT })),
  )
  const refs = () => git(gitDir, ['for-each-ref', '--format=%(refname) %(objectname)'])
  await writeRef(repo, 'refs/journal/42', first ?? '')
  expect(refs()).toBe(`refs/journal/42 ${first}`)
  await Promise.all([writeRef(repo, 'refs/journal/42', second ?? ''), writeRef(repo, 'refs/journal/42', second ?? '')])
  expect(refs()).toBe(`refs/journal/42 ${second}`)
  expect(readdirSync(join(gitDir, 'refs', 'journal'))).toEqual(['42'])
  await expect(writeRef(repo, 'refs/../HEAD', first ?? '')).rejects.toThrow('no ref that can be used')
  await expect(writeRef(repo, 'refs/journal/42', 'main')).rejects.toThrow()
})
