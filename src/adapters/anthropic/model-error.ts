import type { APIError } from '@anthropic-ai/sdk'
import type { ModelFailure } from '../../ports/model.ts'
import type { Sdk } from './access.ts'

/** Why a try did not end well. */
export interface ModelError {
  reason: ModelFailure['reason']
  detail: string
  /** It may be over at the next try. */
  passing: boolean
  /** Seconds that the API wants us to wait. */
  after: number | null
  /** Nobody has worked on the request: it costs nothing. */
  free: boolean
  /** The credential was refused: a token may have run out. */
  stale: boolean
}

/** What is known of a try besides its error. */
interface Circumstances {
  now: Date
  sent: boolean
  stalled: string | null
  aborted: boolean
}

const passing: Omit<ModelError, 'detail'> = {
  reason: 'unreachable',
  passing: true,
  after: null,
  free: false,
  stale: false,
}

/** A stream that ended without saying so. */
export const endedEarly: ModelError = { ...passing, detail: 'the stream ended before the answer did' }

export function modelErrorOf(error: unknown, sdk: Sdk, { now, sent, stalled, aborted }: Circumstances): ModelError {
  if (aborted) return { ...passing, reason: 'aborted', detail: 'stopped', passing: false, free: !sent }
  if (stalled !== null) return { ...passing, detail: stalled }
  if (error instanceof sdk.APIConnectionError) {
    const { code, words } = rootOf(error)
    return { ...passing, detail: words, free: !sent || NEVER_CONNECTED.has(code) }
  }
  if (error instanceof sdk.APIError) return refusalOf(error, now)
  const { words } = rootOf(error)
  return sent ? { ...passing, detail: words } : unsent(error, words)
}

/** The request never left: most often there was no token to send it with. */
function unsent(error: unknown, words: string): ModelError {
  const of = { ...passing, detail: words, free: true }
  if (!(error instanceof Error && 'statusCode' in error)) return { ...of, reason: 'rejected', passing: false }
  const status = typeof error.statusCode === 'number' ? error.statusCode : null
  const silent = status === null ? /reach|could not be asked/.test(words) : status === 429 || status >= 500
  return silent ? of : { ...of, reason: 'not-authorised', passing: false }
}

/** The API said no: in place of an answer, or in the middle of one. */
function refusalOf(error: APIError, now: Date): ModelError {
  const status = error.status ?? STATUS_OF[error.type ?? ''] ?? 500
  const reason = reasonOf(status, error)
  const advice = error.headers?.get('x-should-retry') ?? null
  const mayPass = reason === 'overloaded' || reason === 'unreachable'
  return {
    reason,
    detail: [error.status, error.type, error.apiMessage].filter((part) => part != null).join(' '),
    passing: advice === 'true' || (mayPass && advice !== 'false'),
    after: error.status === undefined ? null : retryAfter(error.headers, now),
    // An error in the place of an answer is not charged; one in the middle of it is, as far as it had come.
    free: error.status !== undefined,
    stale: status === 401,
  }
}

/** What an error event would have been as an answer of its own. */
const STATUS_OF: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  conflict_error: 409,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

const NO_CREDIT = /credit balance is too low/i
const TOO_LONG = /prompt is too long|exceeds? (the )?(model's )?context|input length and `?max_tokens/i

function reasonOf(status: number, { type, apiMessage, errorCode }: APIError): ModelFailure['reason'] {
  const words = apiMessage ?? ''
  if (status === 402 || type === 'billing_error' || NO_CREDIT.test(words)) return 'no-credit'
  // The money that somebody set a limit to does not come back by waiting.
  if (status === 429 && errorCode?.endsWith('spend_limit_reached') === true) return 'no-credit'
  if (status === 401 || status === 403) return 'not-authorised'
  if (status === 404) return 'unknown-model'
  if (status === 413 || (status === 400 && TOO_LONG.test(words))) return 'too-long'
  if (status === 429 || status === 529) return 'overloaded'
  return status === 408 || status === 409 || status >= 500 ? 'unreachable' : 'rejected'
}

const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])

/** The SDK and `fetch` each wrap what went wrong below them. */
function rootOf(error: unknown): { code: string; words: string } {
  let root = error
  while (root instanceof Error && root.cause instanceof Error) root = root.cause
  if (!(root instanceof Error)) return { code: '', words: String(root) }
  const code = 'code' in root && typeof root.code === 'string' ? root.code : ''
  return { code, words: [code, root.message].filter((part) => part !== '').join(' ') }
}

/** With the longest pauses these are ten minutes: overload and lost networks pass in that time, or are for people to know of. */
const MOST_TRIES = 6
/** What a Retry-After may ask for at most: a limit that fills up by the minute is open again by then. */
const LONGEST = 120
const FIRST = 2
const FACTOR = 3

/** Seconds until the next try, when so many are done; null: there is none. `after`: what the API asks for. */
export function pauseAfter(tries: number, after: number | null, random: () => number): number | null {
  if (tries >= MOST_TRIES) return null
  return after === null ? jittered(tries, random) : Math.min(after, LONGEST)
}

/** 2, 6, 18, 54 and 120 seconds, or up to half less: many slots fail at the same moment, and must not come back at one. */
const jittered = (tries: number, random: () => number): number =>
  Math.min(FIRST * FACTOR ** (tries - 1), LONGEST) * (1 - random() / 2)

/** Seconds that the API asks for by its headers. */
function retryAfter(headers: Headers | undefined, now: Date): number | null {
  const milliseconds = numberOf(headers?.get('retry-after-ms'))
  if (milliseconds !== null) return milliseconds / 1000
  const text = headers?.get('retry-after')
  const seconds = numberOf(text) ?? (Date.parse(text ?? '') - now.getTime()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null
}

function numberOf(text: string | null | undefined): number | null {
  const number = text == null || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(number) && number >= 0 ? number : null
}
