import { once } from 'node:events'
import { isIPv4, type Socket } from 'node:net'
import type { Internet } from './internet.ts'

const CONNECT_MS = 10_000

export type Reached =
  | { ok: true; socket: Socket }
  | { ok: false; why: 'private-address' }
  | { ok: false; why: 'unreachable'; detail: string }

/**
 * Resolves a name once, checks every address, and connects to one that was checked: what the name means a moment later does
 * not count. One address that is not public refuses the host: there is no good reason to mix them.
 */
export async function reach(internet: Internet, host: string, port: number): Promise<Reached> {
  const addresses = await internet.resolve(host).catch((error: unknown) => unreachable(error))
  if ('ok' in addresses) return addresses
  if (addresses.length === 0 || !addresses.every((address) => internet.isPublic(address)))
    return { ok: false, why: 'private-address' }
  let last: Reached = unreachable('it has no address')
  // Many runners have no route for IPv6.
  for (const address of [...addresses].sort((a, b) => Number(isIPv4(b)) - Number(isIPv4(a)))) {
    last = await connected(internet.connect(address, port))
    if (last.ok) return last
  }
  return last
}

const unreachable = (error: unknown): Extract<Reached, { why: 'unreachable' }> => ({
  ok: false,
  why: 'unreachable',
  detail: error instanceof Error ? error.message : String(error),
})

async function connected(socket: Socket): Promise<Reached> {
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) })
    return { ok: true, socket }
  } catch (error) {
    socket.destroy()
    return unreachable(error)
  }
}
