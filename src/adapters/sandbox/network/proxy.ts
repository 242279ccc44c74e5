import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import type { RefusedHost } from '../../../core/allowed-host.ts'
import { type ConnectionLimits, connections } from './connections.ts'
import { forward, type Outside, tunnel } from './forward.ts'
import type { Internet } from './internet.ts'
import { tally } from './tally.ts'

/** What a command may reach. */
export interface NetworkAccess {
  allow: readonly string[]
  internet: Internet
}

/** A filtering proxy for one command, on a socket in a folder that only this user can open. */
export interface FilteringProxy {
  socket: string
  refused(): RefusedHost[]
  /** Ends every connection, and removes the socket. */
  close(): Promise<void>
}

/** Hidden from commands; short, since the path of a socket has at most 107 bytes. */
const FOLDER = '/tmp/tributary-proxy-'

export interface ProxyLimits extends ConnectionLimits {
  connections: number
  headersMs: number
}

/** A clean install of a large repository stays far below. Each byte counts on its way in and on its way out. */
const LIMITS: ProxyLimits = { connections: 256, bytes: 8 * 2 ** 30, headersMs: 30_000, idleMs: 300_000, lookMs: 500 }

export async function openProxy({ allow, internet }: NetworkAccess, limits = LIMITS): Promise<FilteringProxy> {
  const folder = await mkdtemp(FOLDER)
  const socket = join(folder, 'proxy')
  const refused = tally()
  const open = connections(limits, () => {
    server.close()
    refused.add({ host: 'any', why: 'too-much' })
  })
  const server = serverOf({ allow, internet, refused, keep: open.keep }, limits)
  server.listen(socket)
  await once(server, 'listening')
  // One that cannot be accepted, for want of a descriptor, is the command's loss alone.
  server.on('error', () => {})
  return {
    socket,
    refused: refused.hosts,
    async close() {
      server.close()
      open.end()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Node reads the requests, strictly: one with two lengths, or with a length that can be read in two ways, is answered with 400. */
function serverOf(outside: Outside, limits: ProxyLimits): Server {
  const server = createServer({ headersTimeout: limits.headersMs, insecureHTTPParser: false })
  server.maxConnections = limits.connections
  server.on('connection', outside.keep)
  server.on('request', (request, response) => {
    forward(outside, request, response).catch(() => response.destroy())
  })
  server.on('connect', (request, client, head) => {
    tunnel(outside, request, client, head).catch(() => client.destroy())
  })
  return server
}
