import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { contentOf, infoOf, writeBlob } from '../../../src/adapters/git/objects.ts'
import { bareRemote } from '../../support/git.ts'
import { runningProcesses } from '../../support/processes.ts'

const MISSING = '0'.repeat(40)

it('answers many questions at once, each with its own object', async () => {
  const remote = bareRemote()
  const repo = { gitDir: remote.dir }
  const texts = ['', 'a\n', 'no end', 'x'.repeat(1_000_000), '\n\n']
  const shas = await Promise.all(texts.map((text) => writeBlob(repo, text)))
  const rounds = Array.from({ length: 20 }, async () => {
    const [found, [tree, none]] = await Promise.all([
      contentOf(repo, shas, 2_000_000),
      infoOf(repo, [`${remote.commit({ a: 'a\n' })}^{tree}`, MISSING]),
    ])
    expect(found.map((object) => object?.content.toString())).toEqual(texts)
    expect([tree?.type, none]).toEqual(['tree', null])
  })
  await Promise.all(rounds)
})

it('reads nothing where all of it would be too much, and takes no name with a line break', async () => {
  const repo = { gitDir: bareRemote().dir }
  const sha = await writeBlob(repo, 'four')
  await expect(contentOf(repo, [sha, sha], 7)).rejects.toThrow('8 bytes')
  await expect(infoOf(repo, [`${sha}\ninfo HEAD`])).rejects.toThrow('no name of an object')
  expect(await contentOf(repo, [sha], 4)).toHaveLength(1)
})

it('says what git said where an object is broken, and goes on with the next question', async () => {
  const repo = { gitDir: bareRemote().dir }
  const [broken, sound] = [await writeBlob(repo, randomBytes(50_000).toString('hex')), await writeBlob(repo, 'sound')]
  const file = join(repo.gitDir, 'objects', broken.slice(0, 2), broken.slice(2))
  chmodSync(file, 0o644)
  truncateSync(file, 1000)
  await expect(contentOf(repo, [broken], 100_000)).rejects.toThrow(/git cat-file failed.*fatal: /s)
  expect((await contentOf(repo, [sound], 100))[0]?.content.toString()).toBe('sound')
})

it('gives up on an object that cannot be read to its end, and on the git that waits for it', async () => {
  const repo = { gitDir: bareRemote().dir }
  const sha = await writeBlob(repo, 'text')
  const file = join(repo.gitDir, 'objects', sha.slice(0, 2), sha.slice(2))
  rmSync(file)
  execFileSync('/usr/bin/mkfifo', [file])
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const read = infoOf(repo, [sha])
    vi.advanceTimersByTime(120_000)
    await expect(read).rejects.toThrow('git cat-file took longer than 120 s')
  } finally {
    vi.useRealTimers()
  }
  const waits = () => runningProcesses().filter(({ args, cwd }) => args.includes('cat-file') && cwd === repo.gitDir)
  await expect.poll(waits).toEqual([])
})
