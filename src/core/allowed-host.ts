import { z } from 'zod'

/** Labels of letters, digits and hyphens, of which the last begins with a letter: an address in any notation does not match. */
const HOST_NAME = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/

/** Names that mean a machine itself or its own network, whatever answers for them. */
const LOCAL = /(?:^|\.)(?:localhost|local|internal|localdomain|home\.arpa|onion)$/

/** Whether a host may be allowed at all: a full DNS name in lower case, without port, wildcard or final dot. */
export const isHostName = (host: string): boolean => HOST_NAME.test(host) && !LOCAL.test(host)

/** An entry of `network.allow`. */
export const allowedHostSchema = z
  .string()
  .refine(
    isHostName,
    'write the full name of a public host in lower case, such as `registry.npmjs.org`: no address, port, path or wildcard',
  )

/** Why the proxy did not connect to a host. */
export const refusedForSchema = z.enum([
  'not-listed',
  'no-name',
  'other-port',
  'private-address',
  'malformed',
  'too-much',
])
export type RefusedFor = z.infer<typeof refusedForSchema>

/** Characters of a refused host that are kept. */
export const LONGEST_REFUSED_HOST = 100

/** A host that commands asked for and did not reach. `host`: as they wrote it, so it may be any text. */
export const refusedHostSchema = z.strictObject({
  host: z.string().max(LONGEST_REFUSED_HOST),
  why: refusedForSchema,
  requests: z.int().min(1),
})
export type RefusedHost = z.infer<typeof refusedHostSchema>
