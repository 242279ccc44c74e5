import { connect } from 'node:net'
import type { Internet } from '../../src/adapters/sandbox/network/internet.ts'

/** An internet of this machine: names and what each means every time it is asked for, and the ports behind 80 and 443. */
export function smallInternet(
  names: Readonly<Record<string, readonly string[] | (() => readonly string[])>>,
  ports: Readonly<Record<number, number>>,
): Internet & { readonly resolved: readonly string[]; readonly connected: readonly string[] } {
  const [resolved, connected]: [string[], string[]] = [[], []]
  return {
    resolved,
    connected,
    async resolve(host) {
      resolved.push(host)
      const answer = names[host]
      if (answer === undefined) throw new Error(`no such name: ${host}`)
      return typeof answer === 'function' ? answer() : answer
    },
    // The one address that counts as public here; the rule itself has its own tests.
    isPublic: (address) => address === PUBLIC,
    connect(address, port) {
      connected.push(`${address}:${port}`)
      return connect({ host: address, port: ports[port] ?? port, allowHalfOpen: true })
    },
  }
}

/** Loopback: the servers of a test. */
export const PUBLIC = '127.0.0.1'
