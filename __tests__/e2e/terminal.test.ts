import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../support/git.ts'

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.js')

interface Ended {
  code: number | null
  error: string
}

/** The command line that ships, as a process of its own. `unread`: its reader leaves before the first line. */
function ended(words: readonly string[], { unread = false, preload = '', env = {} } = {}): Promise<Ended> {
  const before = preload === '' ? [] : ['--import', `data:text/javascript,${encodeURIComponent(preload)}`]
  const child = spawn(process.execPath, [...before, CLI, ...words], {
    cwd: tempDir(),
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (unread) child.stdout.destroy()
  else child.stdout.resume()
  const error: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => error.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, error: Buffer.concat(error).toString('utf8') }))
  })
}

it('ends quietly where its reader has enough, such as `head`', async () => {
  expect(await ended(['help', 'hub'], { unread: true })).toEqual({ code: 0, error: '' })
})

it('never shows the bundle, also for an error that nothing catches', async () => {
  const preload = 'console.log = () => { throw new SyntaxError("boom") }'
  const plain = await ended(['help', 'hub'], { preload })
  expect(plain).toEqual({
    code: 1,
    error:
      'tributary: this is a bug in Tributary (SyntaxError: boom); please report it, with what the command prints with TRIBUTARY_DEBUG=1 in front of it\n',
  })
  const { error } = await ended(['help', 'hub'], { preload, env: { TRIBUTARY_DEBUG: '1' } })
  expect(error).toMatch(/\.js:\d+:\d+/)
  expect(Math.max(...error.split('\n').map((line) => line.length))).toBeLessThan(500)
})
