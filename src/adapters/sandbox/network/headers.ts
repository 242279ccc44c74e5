import type { IncomingMessage } from 'node:http'

/** Meant for the next machine alone, or written again by it. */
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'expect', 'http2-settings'],
])

/** Names in lower case. */
export const pairsOf = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? '']] : []))

/** The headers that a proxy passes on. How long the body is, is said as Node has read it. */
export function endToEnd({ rawHeaders, headers }: IncomingMessage): Record<string, string[]> {
  const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/)
  const found = new Map<string, string[]>()
  for (const [name, value] of pairsOf(rawHeaders)) {
    if (!HOP_BY_HOP.has(name) && !named.includes(name)) found.set(name, [...(found.get(name) ?? []), value])
  }
  if (headers['transfer-encoding'] !== undefined) found.set('transfer-encoding', ['chunked'])
  return Object.fromEntries(found)
}
