import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openRepo } from '../../../../src/adapters/git/repo.ts'
import { tempDir } from '../../../support/git.ts'
import type { Fault } from '../../../support/git-server.ts'
import { hastyClock } from '../../../support/hasty-clock.ts'
import { httpStage, TOKEN } from '../stage.ts'

const LOOK = 'refs?service=git-upload-pack'
const FETCH = 'git-upload-pack'
const MAIN = 'refs/heads/main'

async function stage(path = '') {
  const { remote, server, url } = await httpStage()
  const clock = hastyClock()
  const options = { gitDir: join(tempDir(), 'repo.git'), remoteUrl: `${url}${path}`, token: TOKEN, clock }
  return { remote, server, clock, repo: await openRepo(options) }
}

it.each<Fault>(['error-before', 'error-after', 'lost-after'])(
  'looks again where the remote stumbles: %s',
  async (fault) => {
    const { remote, server, clock, repo } = await stage()
    server.fail(FETCH, fault)
    server.fail(LOOK, fault, fault)
    expect(await repo.tip(MAIN)).toBe(remote.tip(MAIN))
    expect(clock.waits.length).toBeGreaterThan(0)
  },
)

it('fetches again where the remote stumbles', async () => {
  const { remote, server, clock, repo } = await stage()
  const main = remote.tip(MAIN) ?? ''
  server.fail(FETCH, 'error-before', 'error-after')
  await repo.fetch([main])
  expect(await repo.readFile(main, 'readme.md')).toBe('Hello\n')
  expect(clock.waits.length).toBeGreaterThan(0)
})

it('gives up in the end, with what git said', async () => {
  const { server, clock, repo } = await stage()
  server.fail(FETCH, 'error-before')
  server.fail(LOOK, ...Array<Fault>(9).fill('error-before'))
  await expect(repo.tip(MAIN)).rejects.toThrow(/git ls-remote failed.*503/s)
  expect(clock.waits).toEqual([0.5, 1, 2])
})

it.each<Fault>(['nonsense', 'cut'])('asks git where the remote answers with something else: %s', async (fault) => {
  const { remote, server, clock, repo } = await stage()
  server.fail(FETCH, fault)
  expect(await repo.tip(MAIN)).toBe(remote.tip(MAIN))
  expect(server.asked).toEqual([FETCH, LOOK, FETCH])
  expect(clock.waits).toEqual([])
})

it('needs one request to look, and is told of no other refs', async () => {
  const { remote, server, repo } = await stage()
  expect(await repo.tip(MAIN)).toBe(remote.tip(MAIN))
  expect(server.asked).toEqual([FETCH])
  expect(server.bytes).toBeLessThan(100)
})

it('does not ask twice for what is not there', async () => {
  const { clock, repo } = await stage('/nothing-here')
  await expect(repo.tip(MAIN)).rejects.toThrow('not found')
  expect(clock.waits).toEqual([])
})
