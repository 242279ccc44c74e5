import type { APIError } from '@anthropic-ai/sdk'
import { ownOf } from '../../core/own.ts'
import type { ModelFailure } from '../../ports/model.ts'
import type { Sdk } from './access.ts'

/** Why a try failed. */
export interface ModelError {
  reason: ModelFailure['reason']
  detail: string
  /** Whether a retry may succeed. */
  transient: boolean
  /** Seconds to wait before a retry, from the API; null if it names none. */
  after: number | null
  /** The API has not worked on the request, so it costs nothing. */
  free: boolean
  /** The credential was refused: a token may have expired. */
  stale: boolean
}

/** What is known about a try in addition to its error. */
interface Circumstances {
  now: Date
  sent: boolean
  stalled: string | null
  aborted: boolean
}

const transient: Omit<ModelError, 'detail'> = {
  reason: 'unreachable',
  transient: true,
  after: null,
  free: false,
  stale: false,
}

/** The stream ended before its last event. */
export const endedEarly: ModelError = { ...transient, detail: 'the stream ended before the answer did' }

export function modelErrorOf(error: unknown, sdk: Sdk, { now, sent, stalled, aborted }: Circumstances): ModelError {
  if (aborted) return { ...transient, reason: 'aborted', detail: 'stopped', transient: false, free: !sent }
  if (stalled !== null) return { ...transient, detail: stalled }
  if (error instanceof sdk.APIConnectionError) {
    const { code, words } = rootOf(error)
    return { ...transient, detail: words, free: !sent || NEVER_CONNECTED.has(code) }
  }
  if (error instanceof sdk.APIError) return refusalOf(error, now)
  const { words } = rootOf(error)
  return sent ? { ...transient, detail: words } : unsent(error, words)
}

/** The request was not sent, usually because no token could be obtained. */
function unsent(error: unknown, words: string): ModelError {
  const of = { ...transient, detail: words, free: true }
  if (!(error instanceof Error && 'statusCode' in error)) return { ...of, reason: 'rejected', transient: false }
  const status = typeof error.statusCode === 'number' ? error.statusCode : null
  const unreachable = status === null ? /reach|could not be asked/.test(words) : status === 429 || status >= 500
  return unreachable ? of : { ...of, reason: 'not-authorised', transient: false }
}

/** An error of the API, as its response or as an event of the stream. */
function refusalOf(error: APIError, now: Date): ModelError {
  const status = error.status ?? ownOf(STATUS_OF, error.type ?? '') ?? 500
  const reason = reasonOf(status, error)
  const advice = error.headers?.get('x-should-retry') ?? null
  const mayPass = reason === 'overloaded' || reason === 'unreachable'
  return {
    reason,
    detail: [error.status, error.type, error.apiMessage].filter((part) => part != null).join(' '),
    transient: advice === 'true' || (mayPass && advice !== 'false'),
    after: error.status === undefined ? null : retryAfter(error.headers, now),
    // An error response is not charged. If the error is an event of the stream, the part before it is.
    free: error.status !== undefined,
    stale: status === 401,
  }
}

/** The status that an error event would have as a response. */
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
  // A spend limit does not go away by waiting.
  if (status === 429 && errorCode?.endsWith('spend_limit_reached') === true) return 'no-credit'
  if (status === 401 || status === 403) return 'not-authorised'
  if (status === 404) return 'unknown-model'
  if (status === 413 || (status === 400 && TOO_LONG.test(words))) return 'too-long'
  if (status === 429 || status === 529) return 'overloaded'
  return status === 408 || status === 409 || status >= 500 ? 'unreachable' : 'rejected'
}

const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])

/** The innermost cause: the SDK and `fetch` each wrap errors. */
function rootOf(error: unknown): { code: string; words: string } {
  let root = error
  while (root instanceof Error && root.cause instanceof Error) root = root.cause
  if (!(root instanceof Error)) return { code: '', words: String(root) }
  const code = 'code' in root && typeof root.code === 'string' ? root.code : ''
  return { code, words: [code, root.message].filter((part) => part !== '').join(' ') }
}

/** Tries of a call without `retrySeconds`: ten minutes with the longest pauses. */
const MOST_TRIES = 6
/** In seconds, also for Retry-After: a limit per minute has refilled by then. */
const LONGEST = 120
const FIRST = 2
const FACTOR = 3

export const isLastTry = (tries: number): boolean => tries >= MOST_TRIES

/** Seconds until the next try after so many. `after`: the seconds that the API asks for; up to a quarter more, as many slots are told the same. */
export const retryPause = (tries: number, after: number | null, random: () => number): number =>
  after === null ? jittered(tries, random) : Math.min(after, LONGEST) * (1 + random() / 4)

/** 2, 6, 18, 54 and 120 seconds, minus up to half: many slots fail at the same moment, and must not retry together. */
const jittered = (tries: number, random: () => number): number =>
  Math.min(FIRST * FACTOR ** (tries - 1), LONGEST) * (1 - random() / 2)

/** The seconds that the headers ask to wait; null if they name none. */
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
