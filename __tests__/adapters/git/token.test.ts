import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { expect, it } from 'vitest'
import { openJournal } from '../../../src/adapters/git/journal/journal.ts'
import { openRepo } from '../../../src/adapters/git/repo.ts'
import { replay } from '../../../src/core/run/evolve.ts'
import { planRequested } from '../../support/events.ts'
import { tempDir } from '../../support/git.ts'
import { hastyClock } from '../../support/hasty-clock.ts'
import { runningProcesses } from '../../support/processes.ts'
import { httpStage, TOKEN } from './stage.ts'

const ENCODED = Buffer.from(`x-access-token:${TOKEN}`).toString('base64')
const events = [planRequested('42')]

const options = (remoteUrl: string) => ({
  gitDir: join(tempDir(), 'repo.git'),
  remoteUrl,
  token: TOKEN,
  clock: hastyClock(),
})

it('sends the token with every request to the remote', async () => {
  const { url, server } = await httpStage()
  const journal = await openJournal(options(url))
  await journal.append('42', null, events, replay(events), [])
  await journal.read('42')
  expect(new Set(server.credentials)).toEqual(new Set([`basic ${ENCODED}`]))
})

it('keeps the token out of the command line, where every process could read it', async () => {
  const { url, server, remote } = await httpStage()
  const repo = await openRepo(options(url))
  const main = remote.tip('refs/heads/main') ?? ''
  let processes = ''
  server.fail('git-upload-pack', 'nonsense')
  server.afterNext('git-upload-pack', () => {
    processes = runningProcesses()
      .map(({ args }) => args)
      .join('\n')
  })
  await repo.fetch([main])
  expect(processes).toContain(url)
  expect(processes).not.toContain(TOKEN)
  expect(processes).not.toContain(ENCODED)
})

it('follows no redirection with the token', async () => {
  const { url, server, remote } = await httpStage()
  const other = await httpStage()
  server.redirect(other.url)
  const base = remote.commit({ a: '1\n' })
  const repo = await openRepo(options(url))
  await expect(repo.fetch([base])).rejects.toThrow('git fetch failed')
  await expect(repo.tip('refs/heads/main')).rejects.toThrow('git ls-remote failed')
  expect(other.server.credentials).toEqual([])
})

it('names the remote and the reason, but not the token, where a command fails', async () => {
  const { server } = await httpStage()
  const repo = await openRepo(options(`${server.url}/${TOKEN}/${ENCODED}.git`))
  const failed = await repo.tip('refs/heads/main').catch((error: unknown) => String(error))
  expect(failed).toContain(server.url)
  expect(failed).toContain('not found')
  expect(failed).not.toContain(TOKEN)
  expect(failed).not.toContain(ENCODED)
})

it('shows no token to whoever switches on the debug output of simple-git', async () => {
  const { url, remote, server } = await httpStage()
  const base = remote.commit({ a: '1\n' })
  server.fail('git-upload-pack', 'nonsense')
  const said = await runScript(
    `import { openRepo } from './src/adapters/git/repo.ts'
     const clock = { now: () => new Date(), wait: async () => {} }
     const repo = await openRepo({ ...${JSON.stringify({ ...options(url), clock: undefined })}, clock })
     console.log('looked', await repo.tip('refs/heads/main'))
     await repo.fetch(['${base}'])`,
  )
  expect(said).toContain('simple-git')
  expect(said).toMatch(/looked [0-9a-f]{40}/)
  expect(said).not.toContain(TOKEN)
  expect(said).not.toContain(ENCODED)
})

/** Bundled, because Node 20 runs no TypeScript; with every debug output on. */
async function runScript(contents: string): Promise<string> {
  const outfile = join(tempDir(), 'script.mjs')
  const resolveDir = join(import.meta.dirname, '../../..')
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" }
  buildSync({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner,
    outfile,
  })
  const child = spawn(process.execPath, [outfile], {
    env: { PATH: process.env.PATH, DEBUG: '*' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  await new Promise((resolve) => child.on('close', resolve))
  return said
}
