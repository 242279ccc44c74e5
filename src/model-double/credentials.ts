import type { IncomingHttpHeaders } from 'node:http'
import { invalidRequest, type RefusedRequest, refuseRequest } from './fault.ts'

const VERSIONS = ['2026-10-21', '2023-06-01']

/** The API accepts tokens of an exchange only from clients that send this beta header. */
const TOKEN_BETA = 'oauth-2025-04-20'

/** Whether a token was issued by an exchange and is still valid. */
export type IsToken = (token: string) => boolean

/** Why a request with these headers is rejected, or null. */
export function headersRefusal(headers: IncomingHttpHeaders, apiKey: string, isToken: IsToken): RefusedRequest | null {
  return credentialsRefusal(headers, apiKey, isToken) ?? versionRefusal(headers)
}

function credentialsRefusal(headers: IncomingHttpHeaders, apiKey: string, isToken: IsToken): RefusedRequest | null {
  const key = headers['x-api-key']
  if (key !== undefined) return key === apiKey ? null : refuseRequest('authentication_error', 'invalid x-api-key')
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer === undefined) return refuseRequest('authentication_error', 'x-api-key header is required')
  if (bearer === apiKey) return null
  if (!isToken(bearer)) return refuseRequest('authentication_error', 'invalid bearer token')
  return String(headers['anthropic-beta'] ?? '').includes(TOKEN_BETA)
    ? null
    : refuseRequest('authentication_error', `OAuth authentication needs anthropic-beta: ${TOKEN_BETA}`)
}

function versionRefusal(headers: IncomingHttpHeaders): RefusedRequest | null {
  const version = headers['anthropic-version']
  if (version === undefined) return invalidRequest('anthropic-version: header is required')
  return VERSIONS.includes(String(version))
    ? null
    : invalidRequest(`anthropic-version: "${String(version)}" is not a valid version`)
}
