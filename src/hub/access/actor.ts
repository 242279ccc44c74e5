import type { Document, JobToken } from '../store/document.ts'
import { BOT, type HubPerson, LOGINS, person } from './people.ts'

/** The author of a request: one of the four people, a job with its GITHUB_TOKEN, or anonymous. */
export type Actor = { kind: 'person'; person: HubPerson } | { kind: 'job'; token: JobToken } | { kind: 'anonymous' }

export const ANONYMOUS: Actor = { kind: 'anonymous' }

export const loginOf = (actor: Actor): string =>
  actor.kind === 'person' ? actor.person.login : actor.kind === 'job' ? BOT.login : 'anonymous'

/** Null: the credentials are invalid. */
export function identify(doc: Document, authorization: string | undefined): Actor | null {
  if (authorization === undefined) return ANONYMOUS
  const token = tokenIn(authorization)
  if (token === null) return null
  const login = LOGINS.find((name) => doc.tokens[name] === token)
  if (login !== undefined) return { kind: 'person', person: person(login) }
  const job = doc.jobTokens.find((known) => known.token === token)
  return job === undefined || job.revoked ? null : { kind: 'job', token: job }
}

/** `token X`, `Bearer X`, or git's basic auth, where the password is the token and the user's name does not matter. */
function tokenIn(authorization: string): string | null {
  const [scheme, value] = authorization.trim().split(/\s+/, 2)
  if (scheme === undefined || value === undefined) return null
  if (/^(token|bearer)$/i.test(scheme)) return value
  if (!/^basic$/i.test(scheme)) return null
  const decoded = Buffer.from(value, 'base64').toString('utf8')
  return decoded.slice(decoded.indexOf(':') + 1)
}
