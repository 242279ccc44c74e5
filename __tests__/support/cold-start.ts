import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A comment with a command, as GitHub's event file holds it. */
const EVENT = {
  action: 'created',
  comment: { id: 7, body: '/status', created_at: '2026-01-01T00:00:00Z', node_id: 'c7' },
  issue: { number: 1, title: 'An issue', body: '', state: 'open', node_id: 'i1' },
  sender: { login: 'admin', type: 'User' },
  repository: { name: 'repository', owner: { login: 'somebody' }, default_branch: 'main' },
}

/** Milliseconds from the start of `node index.js`, in the folder of a bundle, to its first request of any kind; infinite where it makes none. */
export async function coldStart(dist: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-cold-'))
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const first = new Promise<number>((resolve) => {
    server.on('request', (_request, response) => {
      resolve(performance.now())
      response.writeHead(401).end('{}')
    })
  })
  const event = join(folder, 'event.json')
  writeFileSync(event, JSON.stringify(EVENT))
  const begun = performance.now()
  const env = environment(folder, event, (server.address() as AddressInfo).port)
  const child = spawn(process.execPath, [join(dist, 'index.js')], { stdio: 'ignore', env })
  const ended = new Promise<number>((resolve) => child.once('exit', () => resolve(Number.POSITIVE_INFINITY)))
  const at = await Promise.race([first, ended])
  child.kill('SIGKILL')
  await ended
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
  return at - begun
}

function environment(folder: string, event: string, port: number): Record<string, string> {
  const url = `http://127.0.0.1:${port}`
  return {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    INPUT_ROLE: 'command',
    INPUT_TOKEN: 'ghs_of-nobody',
    GITHUB_EVENT_NAME: 'issue_comment',
    GITHUB_EVENT_PATH: event,
    GITHUB_REPOSITORY: 'somebody/repository',
    GITHUB_RUN_ID: '1',
    GITHUB_SERVER_URL: url,
    GITHUB_API_URL: `${url}/api`,
    GITHUB_GRAPHQL_URL: `${url}/graphql`,
    GITHUB_WORKSPACE: folder,
    GITHUB_WORKFLOW_REF: 'somebody/repository/.github/workflows/tributary.yml@refs/heads/main',
    RUNNER_TEMP: folder,
  }
}
