import { z } from 'zod'
import { Unauthorized } from '../../ports/unauthorized.ts'

const headersSchema = z.record(z.string(), z.union([z.string(), z.number()]).optional())
export type Headers = z.infer<typeof headersSchema>

/** Octokit's errors by their shape. An error in sending or reading has a status too, but no response. */
const httpErrorSchema = z.object({
  status: z.number(),
  message: z.string(),
  response: z.object({ headers: headersSchema, data: z.unknown() }).optional(),
})
type HttpError = z.infer<typeof httpErrorSchema>

function httpError(error: unknown): HttpError | null {
  if (!(error instanceof Error)) return null
  const { message } = error
  const parsed = httpErrorSchema.safeParse({ ...error, message })
  return parsed.success ? parsed.data : null
}

/** The headers of GitHub's response; null for any other error. */
export const headersOf = (error: unknown): Headers | null => httpError(error)?.response?.headers ?? null

/** The status of GitHub's response; null for any other error. */
export function httpStatusOf(error: unknown): number | null {
  const known = httpError(error)
  return known?.response === undefined ? null : known.status
}

/** The outcome of one try of a request. */
export type Verdict =
  /** A response, good or bad, that a retry would not change. */
  | { kind: 'answered' }
  /**
   * Refused by a rate limit, so not done. `seconds`: the wait that GitHub asks for; null if it names none. `of`: a secondary
   * limit counts all requests, or those that create content; a primary one those of REST, or those of GraphQL: `bucket`.
   */
  | { kind: 'limited'; seconds: number | null; of: 'all' | 'content' | 'bucket' }
  /** No usable response. `sent`: it may have been done nevertheless. */
  | { kind: 'failed'; sent: boolean }

export interface HttpAnswer {
  headers: Readonly<Headers>
  data: unknown
}

const LIMIT = /secondary rate limit|API rate limit|abuse detection/i
const OF_CONTENT = /content creation|submitted too quickly/i
const isLimitError = ({ type, code, message }: { type?: unknown; code?: unknown; message: string }): boolean =>
  [type, code].some((word) => /^(?:graphql_)?rate_limit(?:ed)?$/i.test(String(word))) || LIMIT.test(message)

/** GitHub's GraphQL answers with status 200 and has its refusal in the body. If it holds data, a part was done. */
const limitedGraph = z.object({
  data: z.null().optional(),
  errors: z
    .array(z.object({ type: z.unknown().optional(), code: z.unknown().optional(), message: z.string() }))
    .refine((errors) => errors.some(isLimitError)),
})

export function verdictOnAnswer(answer: HttpAnswer, now: Date): Verdict {
  const graph = limitedGraph.safeParse(answer.data)
  if (graph.success) return limited(answer.headers, graph.data.errors.map(({ message }) => message).join(' '), now)
  return isTruncated(answer) ? { kind: 'failed', sent: true } : { kind: 'answered' }
}

/** Octokit returns a truncated JSON body as text. */
const isTruncated = ({ headers, data }: HttpAnswer): boolean =>
  typeof data === 'string' && /^application\/(\S+\+)?json\b/.test(String(headers['content-type'] ?? ''))

export function verdictOnError(error: unknown, now: Date): Verdict {
  const known = httpError(error)
  if (known === null) return { kind: 'answered' }
  if (known.response === undefined) return { kind: 'failed', sent: !neverSent(error) }
  const { status, message, response } = known
  if (status >= 500) return { kind: 'failed', sent: true }
  if (status === 429 || (status === 403 && isLimit(response.headers, message))) {
    return limited(response.headers, message, now)
  }
  return { kind: 'answered' }
}

const isLimit = (headers: Headers, message: string): boolean =>
  headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0' || LIMIT.test(message)

const limited = (headers: Headers, message: string, now: Date): Verdict => ({
  kind: 'limited',
  seconds: secondsAsked(headers, now),
  of: OF_CONTENT.test(message) ? 'content' : headers['x-ratelimit-remaining'] === '0' ? 'bucket' : 'all',
})

function secondsAsked(headers: Headers, now: Date): number | null {
  const after = headers['retry-after']
  if (after !== undefined) return secondsUntil(String(after), now)
  if (headers['x-ratelimit-remaining'] !== '0') return null
  const reset = Number(headers['x-ratelimit-reset'])
  return Number.isFinite(reset) ? Math.max(reset - now.getTime() / 1000, 0) + 1 : null
}

/** `retry-after` is a number of seconds or a date. */
function secondsUntil(text: string, now: Date): number | null {
  if (/^\d+$/.test(text)) return Number(text)
  const seconds = (Date.parse(text) - now.getTime()) / 1000
  return Number.isNaN(seconds) ? null : Math.max(seconds, 0)
}

const NOT_CONNECTED = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]

function neverSent(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && NOT_CONNECTED.includes(String(at.code))) return true
  }
  return false
}

/** A write was sent, and whether it was done is unknown: look, then decide. A blind retry could do it twice. */
export class UnknownOutcome extends Error {
  override name = 'UnknownOutcome'
}

/** The port's word for a token that GitHub no longer takes; any other error as it is. */
export function portError(error: unknown): unknown {
  if (httpStatusOf(error) !== 401) return error
  return new Unauthorized(error instanceof Error ? error.message : String(error), { cause: error })
}

/** GitHub's reason for a refusal for good: a locked thread, a missing permission, something that is gone. Null for any other error. */
export function refusalOf(error: unknown): string | null {
  const known = httpError(error)
  if (known?.response === undefined || ![403, 404, 410, 422].includes(known.status)) return null
  return known.message
}
