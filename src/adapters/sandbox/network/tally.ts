import type { RefusedFor, RefusedHost } from '../../../core/allowed-host.ts'
import { count } from '../../../render/markdown/format.ts'

/** A command can ask for any number of names: of those after these, only the number is kept. */
const MOST_HOSTS = 20
const OTHERS = 'other hosts'

/** Counts what was refused, by host and reason. */
export interface RefusedHosts {
  add(refused: { host: string; why: RefusedFor; requests?: number }): void
  hosts(): RefusedHost[]
}

export function tally(): RefusedHosts {
  const found = new Map<string, RefusedHost>()
  return {
    add({ host, why, requests = 1 }) {
      const name = found.size < MOST_HOSTS || found.has(`${why} ${host}`) ? host : OTHERS
      const key = `${why} ${name}`
      found.set(key, { host: name, why, requests: (found.get(key)?.requests ?? 0) + requests })
    },
    hosts: () => [...found.values()],
  }
}

const WHY: Readonly<Record<RefusedFor, string>> = {
  'not-listed': '`network.allow` in the settings does not name it',
  'no-name': 'only full names of public hosts can be reached, no addresses',
  'other-port': 'only port 443 by HTTPS and port 80 by plain HTTP are open',
  'private-address': 'its name leads to an address that is not public',
  malformed: 'the request is not one that a proxy takes',
  'too-much': 'the command has carried as much as one may',
}

/** What a command's output says at its end; empty if nothing was refused. */
export function refusedNote(hosts: readonly RefusedHost[]): string {
  if (hosts.length === 0) return ''
  const lines = hosts.map(
    ({ host, why, requests }) => `- ${JSON.stringify(host)}, ${count(requests, 'request')}: ${WHY[why]}`,
  )
  return ['Refused by the proxy of the sandbox:', ...lines].join('\n')
}

export const refusalText = (host: string, why: RefusedFor): string =>
  `${JSON.stringify(host)} is refused: ${WHY[why]}.\n`
