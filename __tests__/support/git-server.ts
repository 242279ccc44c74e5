import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'

/** What goes wrong with a request; what comes `after` goes wrong when git has done its work. */
export type Fault = 'error-before' | 'error-after' | 'lost-after' | 'silent-after'

export interface GitServer {
  url: string
  /** `git-receive-pack` and the like, one for each request. */
  asked: string[]
  /** The authorisation headers that came. */
  credentials: string[]
  /** The next requests whose address ends so fail, one fault each. */
  fail(service: string, ...faults: Fault[]): void
  /** Runs once, when git has done what the next such request asks for, before the answer goes out. */
  afterNext(service: string, work: () => void | Promise<void>): void
  /** From now on, everything is to be found there. */
  redirect(url: string): void
}

interface Plan {
  faults: Map<string, Fault[]>
  afterwards: Map<string, () => void | Promise<void>>
  elsewhere: string | null
}

/** `git http-backend` for the repositories under a folder, on loopback, until the test ends. */
export async function serveGit(root: string): Promise<GitServer> {
  const plan: Plan = { faults: new Map(), afterwards: new Map(), elsewhere: null }
  const asked: string[] = []
  const credentials: string[] = []
  const server = createServer((request, response) => {
    asked.push(serviceOf(request))
    credentials.push(request.headers.authorization ?? '')
    void answer(root, plan, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    credentials,
    fail: (service, ...faults) => plan.faults.set(service, faults),
    afterNext: (service, work) => plan.afterwards.set(service, work),
    redirect: (url) => {
      plan.elsewhere = url
    },
  }
}

const serviceOf = (request: IncomingMessage): string => (request.url ?? '').split('/').at(-1) ?? ''

async function answer(root: string, plan: Plan, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (plan.elsewhere !== null) {
    response.writeHead(302, { location: `${plan.elsewhere}${(request.url ?? '').replace(/^.*\.git/, '')}` }).end()
    return
  }
  const service = serviceOf(request)
  const fault = plan.faults.get(service)?.shift()
  if (fault === 'error-before') {
    request.resume()
    response.writeHead(503).end('try again')
    return
  }
  const said = await backend(root, request)
  const afterwards = plan.afterwards.get(service)
  plan.afterwards.delete(service)
  await afterwards?.()
  if (fault === 'error-after') response.writeHead(502).end('nobody knows')
  else if (fault === 'lost-after') request.socket.destroy()
  else if (fault !== 'silent-after') send(response, said)
}

function backend(root: string, request: IncomingMessage): Promise<Buffer> {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const header = (name: string) => String(request.headers[name] ?? '')
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      REMOTE_USER: 'somebody',
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
    },
  })
  child.stdin.on('error', () => {})
  request.pipe(child.stdin)
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve) => child.on('close', () => resolve(Buffer.concat(chunks))))
}

function send(response: ServerResponse, said: Buffer): void {
  const end = said.indexOf('\r\n\r\n')
  const headers = said.subarray(0, end).toString('utf8').split('\r\n')
  const status = headers.find((line) => line.startsWith('Status: '))
  response.statusCode = status === undefined ? 200 : Number(status.slice(8, 11))
  for (const header of headers.filter((one) => one !== status)) {
    const [name = '', value = ''] = header.split(': ')
    response.setHeader(name, value)
  }
  response.end(said.subarray(end + 4))
}
