import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeLooseCommit } from '../../../src/adapters/git/loose.ts'
import { writeCommit, writeTree } from '../../../src/adapters/git/objects.ts'
import { openStore } from '../../../src/adapters/git/store.ts'
import { systemClock } from '../../../src/clock.ts'
import { git, tempDir } from '../../support/git.ts'

it('writes the very commit that git would, with any parents and words', async () => {
  const gitDir = join(tempDir(), 'repo.git')
  const { place } = await openStore({ gitDir, remoteUrl: 'https://example.com/x', token: '', clock: systemClock })
  const tree = await writeTree(place, [])
  const at = new Date('2026-01-02T03:04:05.678Z')
  const root = await writeCommit(place, { tree, parents: [], words: { subject: 'Begin' }, at })
  const words = { subject: 'Ünïted\nwith "quotes"', body: 'One.\r\n\r\nTwo.', trailers: { 'Tributary-Task': 't1' } }
  for (const parents of [[], [root], [root, root]]) {
    const loose = await writeLooseCommit(place, { tree, parents, words, at })
    expect(git(gitDir, ['cat-file', '-t', loose])).toBe('commit')
    expect(await writeLooseCommit(place, { tree, parents, words, at })).toBe(loose)
    expect((await writeCommit(place, { tree, parents: [...new Set(parents)], words, at })) === loose).toBe(
      parents.length < 2,
    )
  }
  expect(git(gitDir, ['fsck', '--strict', '--no-dangling'])).toBe('')
})
