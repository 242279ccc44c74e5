import { isHostName, LONGEST_REFUSED_HOST, type RefusedFor } from '../../../core/allowed-host.ts'

/** Where a request wants to go, or why it goes nowhere. `host` of a refusal: as it was written, cut. */
export type Destination =
  | { ok: true; host: string; port: number; path: string }
  | { ok: false; host: string; why: RefusedFor }

const HTTP = 80
const HTTPS = 443
const refused = (host: string, why: RefusedFor): Destination => ({
  ok: false,
  host: host.slice(0, LONGEST_REFUSED_HOST),
  why,
})

/** Of `CONNECT host:port`: a tunnel, for HTTPS only. */
export function tunnelDestination(target: string, allow: readonly string[]): Destination {
  const [, name, port] = /^(.+):(\d{1,5})$/.exec(target) ?? []
  if (name === undefined) return refused(target, 'malformed')
  return listed(name, Number(port), HTTPS, '', allow)
}

/**
 * Of a request with an absolute URL. `hosts`: every Host header that it has. The one who answers must be the one that was
 * checked, so all must say the same; what is sent on is taken from the parsed URL alone.
 */
export function requestDestination(target: string, hosts: readonly string[], allow: readonly string[]): Destination {
  const url = URL.canParse(target) ? new URL(target) : null
  if (url === null || url.protocol !== 'http:') return refused(target, 'malformed')
  const [host = '', ...more] = hosts
  const isSame = more.length === 0 && hostOf(host) === url.host
  if (!isSame || url.username !== '' || url.password !== '') return refused(url.host, 'malformed')
  return listed(url.hostname, url.port === '' ? HTTP : Number(url.port), HTTP, `${url.pathname}${url.search}`, allow)
}

/** A Host header as the URL parser writes it; null if it is more than a host. */
function hostOf(header: string): string | null {
  const url = /^[^\s/\\?#@]+$/.test(header) && URL.canParse(`http://${header}`) ? new URL(`http://${header}`) : null
  return url === null ? null : url.host
}

function listed(name: string, port: number, open: number, path: string, allow: readonly string[]): Destination {
  const host = name.toLowerCase()
  if (!isHostName(host)) return refused(name, 'no-name')
  if (!allow.includes(host)) return refused(host, 'not-listed')
  return port === open ? { ok: true, host, port, path } : refused(`${host}:${port}`, 'other-port')
}
