import { spawn } from 'node:child_process'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { gitEnvironment } from './run.ts'

export interface CgiCall {
  /** Folder that PATH_INFO is looked up in. */
  root: string
  pathInfo: string
  query: string
  remoteUser: string
  env: Readonly<Record<string, string>>
  /** The request's body, where somebody has read it already. */
  body?: Uint8Array
}

/** One request through `git http-backend`. What the backend says on stderr goes to the log. */
export async function runBackend(
  request: IncomingMessage,
  call: CgiCall,
  log: (line: string) => void,
): Promise<Response> {
  const child = spawn('git', ['http-backend'], {
    env: { ...gitEnvironment(), ...cgiEnvironment(request, call), ...call.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stderr.on('data', (chunk: Buffer) => log(`git http-backend: ${chunk.toString('utf8').trimEnd()}`))
  child.on('error', (error) => log(`git http-backend: ${error.message}`))
  // A backend that ends early closes its end; what was still to be sent does not matter then.
  child.stdin.on('error', () => {})
  if (call.body !== undefined) child.stdin.end(call.body)
  else request.pipe(child.stdin)
  // A client that goes away in the middle must not leave the backend waiting.
  request.on('close', () => child.stdin.end())
  return answerOf(child.stdout)
}

function cgiEnvironment(request: IncomingMessage, call: CgiCall): Record<string, string> {
  const header = (name: string) => String(request.headers[name] ?? '')
  return {
    GATEWAY_INTERFACE: 'CGI/1.1',
    GIT_PROJECT_ROOT: call.root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: call.pathInfo,
    QUERY_STRING: call.query,
    REQUEST_METHOD: request.method ?? 'GET',
    REMOTE_USER: call.remoteUser,
    REMOTE_ADDR: '127.0.0.1',
    CONTENT_TYPE: header('content-type'),
    HTTP_CONTENT_ENCODING: header('content-encoding'),
    GIT_PROTOCOL: header('git-protocol'),
    ...(request.headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: header('content-length') }),
  }
}

const BLANK_LINE = Buffer.from('\r\n\r\n')

/** CGI's headers become a response's; the rest streams. */
async function answerOf(stdout: Readable): Promise<Response> {
  const chunks: Buffer[] = []
  const body = Readable.toWeb(stdout) as ReadableStream<Uint8Array>
  const reader = body.getReader()
  for (;;) {
    const { value, done } = await reader.read()
    if (value !== undefined) chunks.push(Buffer.from(value))
    const seen = Buffer.concat(chunks)
    const end = seen.indexOf(BLANK_LINE)
    if (end !== -1)
      return respond(seen.subarray(0, end).toString('utf8'), seen.subarray(end + BLANK_LINE.length), reader)
    if (done) return new Response('git http-backend said nothing', { status: 500 })
  }
}

function respond(head: string, first: Uint8Array, reader: ReadableStreamDefaultReader<Uint8Array>): Response {
  const headers = new Headers()
  let status = 200
  for (const line of head.split('\r\n')) {
    const [name = '', ...value] = line.split(': ')
    if (name.toLowerCase() === 'status') status = Number.parseInt(value.join(': '), 10)
    else headers.append(name, value.join(': '))
  }
  const rest = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array(first)),
    pull: async (controller) => {
      const { value, done } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: () => reader.cancel(),
  })
  return new Response(rest, { status, headers })
}
