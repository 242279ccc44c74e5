import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { advertise, exchange, type GitService } from '../../src/hub/git/smart-http.ts'

/** What goes wrong with a request; what comes `after` goes wrong when git has done its work. */
export type Fault = 'error-before' | 'error-after' | 'lost-after' | 'silent-after' | 'cut' | 'nonsense'

export interface GitServer {
  url: string
  /** `git-receive-pack` and the like, one for each request. */
  asked: string[]
  /** The authorisation headers that came. */
  credentials: string[]
  /** How much was answered. */
  bytes: number
  /** The next requests whose address ends so fail, one fault each. */
  fail(service: string, ...faults: Fault[]): void
  /** Runs once, when git has done what the next such request asks for, before the answer goes out. */
  afterNext(service: string, work: () => void | Promise<void>): void
  /** From now on, nobody may push. */
  denyPushes(): void
  /** From now on, everything is to be found there. */
  redirect(url: string): void
}

interface Plan {
  faults: Map<string, Fault[]>
  afterwards: Map<string, () => void | Promise<void>>
  elsewhere: string | null
  denies: boolean
}

/** The bare repositories under a folder, by smart HTTP on loopback, until the test ends. A push needs credentials. */
export async function serveGit(root: string): Promise<GitServer> {
  const plan: Plan = { faults: new Map(), afterwards: new Map(), elsewhere: null, denies: false }
  const told: GitServer = {
    url: '',
    asked: [],
    credentials: [],
    bytes: 0,
    fail: (service, ...faults) => plan.faults.set(service, faults),
    afterNext: (service, work) => plan.afterwards.set(service, work),
    denyPushes: () => {
      plan.denies = true
    },
    redirect: (url) => {
      plan.elsewhere = url
    },
  }
  const server = createServer((request, response) => {
    told.asked.push(serviceOf(request))
    told.credentials.push(request.headers.authorization ?? '')
    response.on('close', () => {
      told.bytes += Number(response.getHeader('content-length') ?? 0)
    })
    void answer(root, plan, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  told.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return told
}

const serviceOf = (request: IncomingMessage): string => (request.url ?? '').split('/').at(-1) ?? ''

async function answer(root: string, plan: Plan, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (plan.elsewhere !== null) {
    response.writeHead(302, { location: `${plan.elsewhere}${(request.url ?? '').replace(/^.*\.git/, '')}` }).end()
    return
  }
  const service = serviceOf(request)
  const fault = plan.faults.get(service)?.shift()
  if (fault === 'error-before' || fault === 'nonsense') {
    request.resume()
    if (fault === 'nonsense') response.end('Welcome!\n')
    else response.writeHead(503).end('try again')
    return
  }
  const said = refusal(plan, request) ?? byGit(root, request)
  const whole = Buffer.from(await said.arrayBuffer())
  const body = fault === 'cut' ? whole.subarray(0, -4) : whole
  const afterwards = plan.afterwards.get(service)
  plan.afterwards.delete(service)
  await afterwards?.()
  if (fault === 'error-after') response.writeHead(502).end('nobody knows')
  else if (fault === 'lost-after') request.socket.destroy()
  else if (fault !== 'silent-after')
    response.writeHead(said.status, { ...Object.fromEntries(said.headers), 'Content-Length': body.length }).end(body)
}

function refusal({ denies }: Plan, { url, headers }: IncomingMessage): Response | null {
  if (url?.includes('git-receive-pack') !== true) return null
  if (denies) return new Response('Nobody pushes here.\n', { status: 403 })
  if (headers.authorization !== undefined) return null
  return new Response('Who are you?\n', { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="git"' } })
}

const GREETING = '/info/refs'

function byGit(root: string, request: IncomingMessage): Response {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const end = pathname.endsWith(GREETING) ? -GREETING.length : pathname.lastIndexOf('/')
  const dir = join(root, pathname.slice(0, end))
  if (!existsSync(join(dir, 'HEAD'))) return new Response('Not found\n', { status: 404 })
  const protocol = String(request.headers['git-protocol'] ?? '')
  const asked = pathname.endsWith(GREETING) ? searchParams.get('service') : pathname.slice(end + 1)
  const call = { dir, service: asked as GitService, protocol, log: () => {} }
  if (pathname.endsWith(GREETING)) return advertise(call)
  return exchange(call, request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request)
}
