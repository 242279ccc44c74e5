import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { hubGitEnvironment } from './run.ts'

/** One request of git's smart HTTP. `git http-backend` would start two more processes for it. */
export interface GitRequest {
  /** The bare repository. */
  dir: string
  service: GitService
  /** The header Git-Protocol, or empty. */
  protocol: string
  /** For hooks. */
  env?: Readonly<Record<string, string>>
  log(line: string): void
}

export type GitService = 'git-upload-pack' | 'git-receive-pack'

/** The server's capabilities and, before protocol 2, its refs. */
export function advertise(request: GitRequest): Response {
  const { service } = request
  const output = serve(request, ['--http-backend-info-refs'], Readable.from([]))
  const body = request.protocol.includes('version=2') ? output : announced(service, output)
  return answer(body, `application/x-${service}-advertisement`)
}

/** `body` is the request's, unpacked. */
export const exchange = (request: GitRequest, body: Readable): Response =>
  answer(serve(request, [], body), `application/x-${request.service}-result`)

function serve(request: GitRequest, words: readonly string[], body: Readable): Readable {
  const { dir, service, protocol, env, log } = request
  const child = spawn('git', [service.slice('git-'.length), '--stateless-rpc', ...words, dir], {
    env: { ...hubGitEnvironment(), GIT_PROTOCOL: protocol, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stderr.on('data', (chunk: Buffer) => log(`${service}: ${chunk.toString('utf8').trimEnd()}`))
  child.on('error', (error) => log(`${service}: ${error.message}`))
  // One that ends early closes its end; what was still to be sent does not matter then.
  child.stdin.on('error', () => {})
  // A client that goes away in the middle must not leave it waiting.
  body.on('error', () => child.stdin.end()).on('close', () => child.stdin.end())
  body.pipe(child.stdin)
  return child.stdout
}

async function* announced(service: GitService, output: Readable) {
  const line = `# service=${service}\n`
  yield Buffer.from(`${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`)
  yield* output
}

const answer = (body: Readable | AsyncIterable<Buffer>, type: string): Response =>
  new Response(Readable.toWeb(Readable.from(body)) as ReadableStream<Uint8Array>, {
    headers: { 'Content-Type': type, 'Cache-Control': 'no-cache' },
  })
