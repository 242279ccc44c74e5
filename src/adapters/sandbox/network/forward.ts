import { type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'
import { type Destination, requestDestination, tunnelDestination } from './destination.ts'
import { endToEnd, pairsOf } from './headers.ts'
import type { Internet } from './internet.ts'
import { reach } from './reach.ts'
import { type RefusedHosts, refusalText } from './tally.ts'

/** What requests are judged by and sent to. */
export interface Outside {
  allow: readonly string[]
  internet: Internet
  refused: RefusedHosts
  keep(socket: Socket): void
}

type Way = { ok: true; socket: Socket; host: string; path: string } | { ok: false; status: 403 | 502; text: string }

async function wayTo({ internet, keep, refused }: Outside, asked: Destination): Promise<Way> {
  if (!asked.ok) {
    refused.add(asked)
    return { ok: false, status: 403, text: refusalText(asked.host, asked.why) }
  }
  const { host, path } = asked
  const reached = await reach(internet, host, asked.port)
  if (reached.ok) {
    keep(reached.socket)
    return { ok: true, socket: reached.socket, host, path }
  }
  if (reached.why === 'unreachable')
    return { ok: false, status: 502, text: `${host} cannot be reached: ${reached.detail}\n` }
  refused.add({ host, why: reached.why })
  return { ok: false, status: 403, text: refusalText(host, reached.why) }
}

/** A request in plain HTTP: read by Node, and written again. A redirect goes back to the command, which has to ask for it. */
export async function forward(outside: Outside, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hosts = pairsOf(request.rawHeaders).flatMap(([name, value]) => (name === 'host' ? [value] : []))
  const way = await wayTo(outside, requestDestination(request.url ?? '', hosts, outside.allow))
  if (!way.ok) {
    response.writeHead(way.status, { 'content-type': 'text/plain', connection: 'close' }).end(way.text)
    return
  }
  const { socket, host, path } = way
  response.once('close', () => socket.destroy())
  const { method = 'GET' } = request
  const headers = { ...endToEnd(request), host, connection: 'close' }
  const sent = openRequest({ createConnection: () => socket, method, path, headers })
  sent.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, endToEnd(answer))
    pipeline(answer, response, () => {})
  })
  sent.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()))
  pipeline(request, sent, () => {})
}

/** `CONNECT`: what flows in it is between the command and the host that was checked. */
export async function tunnel(outside: Outside, request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
  const way = await wayTo(outside, tunnelDestination(request.url ?? '', outside.allow))
  if (!way.ok) {
    client.end(refusal(way.status, way.text))
    return
  }
  const { socket } = way
  client.once('close', () => socket.destroy())
  client.write('HTTP/1.1 200 Connection established\r\n\r\n')
  socket.write(head)
  pipeline(client, socket, client, () => {})
}

const refusal = (status: 403 | 502, text: string): string =>
  [
    `HTTP/1.1 ${status} ${status === 403 ? 'Forbidden' : 'Bad Gateway'}`,
    'content-type: text/plain',
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
    '',
    text,
  ].join('\r\n')
