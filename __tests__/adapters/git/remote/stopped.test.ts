import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { networkGit } from '../../../../src/adapters/git/remote/remote.ts'
import { openRepo } from '../../../../src/adapters/git/repo.ts'
import { tempDir } from '../../../support/git.ts'
import { hastyClock } from '../../../support/hasty-clock.ts'

const sockets: Socket[] = []
const server = createServer((socket) => socket.once('data', () => sockets.push(socket)))
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server.close()
})

/** A server that takes requests and never answers. */
async function mute(): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.')
  return `http://127.0.0.1:${address.port}/acme/app.git`
}

/** The command lines of the running processes that name the text. */
function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return ''
      }
    })
    .filter((line) => line.includes(text))
}

it.runIf(process.platform === 'linux').each([
  ['ls-remote', []],
  ['fetch', ['main']],
  ['push', [`${'a'.repeat(40)}:refs/heads/a`]],
])('ends with git the helpers that it started, once it is stopped: %s', async (command, refs) => {
  const url = await mute()
  const stop = new AbortController()
  const gitDir = join(tempDir(), 'repo.git')
  await openRepo({ gitDir, remoteUrl: url, token: 't', clock: hastyClock() })
  const work = networkGit({ gitDir }, { url, token: 't' }, [command, url, ...refs], { signal: stop.signal })
  const ends = expect(work).rejects.toThrow(`git ${command} was stopped`)
  await vi.waitFor(() => expect(sockets).toHaveLength(1), { timeout: 20_000 })
  stop.abort(new Error('The job ends.'))
  await ends
  await vi.waitFor(() => expect(processesWith(url)).toEqual([]), { timeout: 5_000 })
})
