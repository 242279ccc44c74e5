import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

export interface ColdStart {
  /** Infinite if the program makes no request. */
  ms: number
  /** What the processors worked for it, which other work on the machine changes little; null if the system does not tell. */
  cpuMs: number | null
}

/** From the start of `node index.js`, in the folder of a bundle, to its first request of any kind. */
export async function coldStart(dist: string): Promise<ColdStart> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-cold-'))
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const event = join(folder, 'event.json')
  writeFileSync(event, JSON.stringify(EVENT))
  const begun = performance.now()
  const env = environment(folder, event, (server.address() as AddressInfo).port)
  const child = spawn(process.execPath, [join(dist, 'index.js')], { stdio: 'ignore', env })
  const first = new Promise<ColdStart>((resolve) => {
    server.on('request', (_request, response) => {
      resolve({ ms: performance.now() - begun, cpuMs: cpuOf(child.pid) })
      response.writeHead(401).end('{}')
    })
  })
  const ended = new Promise<ColdStart>((resolve) => child.once('exit', () => resolve({ ms: Infinity, cpuMs: null })))
  const start = await Promise.race([first, ended])
  child.kill('SIGKILL')
  await ended
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true, force: true })
  return start
}

/** User and system time, in the hundredths of a second in which Linux counts. */
function cpuOf(pid: number | undefined): number | null {
  if (process.platform !== 'linux') return null
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
  return 10 * (Number(fields[11]) + Number(fields[12]))
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
