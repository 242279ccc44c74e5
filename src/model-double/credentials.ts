import type { IncomingHttpHeaders } from 'node:http'
import { invalid, type Refused, refuse } from './fault.ts'

const VERSIONS = ['2026-10-21', '2023-06-01']

/** The API takes tokens of an exchange only from clients that say they know what they are. */
const TOKEN_BETA = 'oauth-2025-04-20'

/** Whether a token was given out by an exchange and still holds. */
export type IsToken = (token: string) => boolean

/** Why a request with these headers would not be let in, or null. */
export function headersRefusal(headers: IncomingHttpHeaders, apiKey: string, isToken: IsToken): Refused | null {
  return credentialsRefusal(headers, apiKey, isToken) ?? versionRefusal(headers)
}

function credentialsRefusal(headers: IncomingHttpHeaders, apiKey: string, isToken: IsToken): Refused | null {
  const key = headers['x-api-key']
  if (key !== undefined) return key === apiKey ? null : refuse('authentication_error', 'invalid x-api-key')
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer === undefined) return refuse('authentication_error', 'x-api-key header is required')
  if (bearer === apiKey) return null
  if (!isToken(bearer)) return refuse('authentication_error', 'invalid bearer token')
  return String(headers['anthropic-beta'] ?? '').includes(TOKEN_BETA)
    ? null
    : refuse('authentication_error', `OAuth authentication needs anthropic-beta: ${TOKEN_BETA}`)
}

function versionRefusal(headers: IncomingHttpHeaders): Refused | null {
  const version = headers['anthropic-version']
  if (version === undefined) return invalid('anthropic-version: header is required')
  return VERSIONS.includes(String(version))
    ? null
    : invalid(`anthropic-version: "${String(version)}" is not a valid version`)
}
