import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type ClientOptions, openClient } from '../../../src/adapters/github/client.ts'
import { hastyClock } from '../../support/hasty-clock.ts'

export interface Asked {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** What the server does with a request: one entry each, in order; asked more often it says so. */
export type Say = (response: ServerResponse, asked: Asked) => void

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Say =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    response.end(JSON.stringify(body))
  }

export const hangUp: Say = (response) => response.destroy()
export const silence: Say = () => {}
/** Announces a body and stops in the middle of it. */
export const tear: Say = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
  response.write('{"half":')
  setImmediate(() => response.destroy())
}

/** A server that misbehaves as told, and a client of it. */
export async function misbehaving(script: readonly Say[], options: Partial<ClientOptions> = {}) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = '', url = '', headers } = request
    const one = { method, url, headers, body: Buffer.concat(chunks).toString() }
    const say = script[asked.push(one) - 1] ?? json(599, { message: 'asked too often' })
    say(response, one)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  onTestFinished(close)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const clock = hastyClock('2026-01-01T00:00:00Z')
  const client = openClient({ apiUrl: url, graphqlUrl: `${url}/graphql`, token: 'ghs_secret', clock, ...options })
  return { client, clock, asked, url, close }
}
