import { z } from 'zod'

const headersSchema = z.record(z.string(), z.union([z.string(), z.number()]).optional())
type Headers = z.infer<typeof headersSchema>

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

/** The status of GitHub's response; null for any other error. */
export function httpStatusOf(error: unknown): number | null {
  const known = httpError(error)
  return known?.response === undefined ? null : known.status
}

/** The outcome of one try of a request. */
export type Verdict =
  /** A response, good or bad, that a retry would not change. */
  | { kind: 'answered' }
  /** Refused by a rate limit, so not done. `seconds`: the wait that GitHub asks for; null if it names none. */
  | { kind: 'limited'; seconds: number | null }
  /** No usable response. `sent`: it may have been done nevertheless. */
  | { kind: 'failed'; sent: boolean }

export interface HttpAnswer {
  headers: Readonly<Headers>
  data: unknown
}

/** GitHub's GraphQL answers with status 200 and has its refusal in the body. */
const limitedGraph = z.object({
  data: z.null().optional(),
  errors: z.array(z.object({ type: z.literal('RATE_LIMITED') })).min(1),
})

export function verdictOnAnswer(answer: HttpAnswer, now: Date): Verdict {
  if (limitedGraph.safeParse(answer.data).success)
    return { kind: 'limited', seconds: secondsAsked(answer.headers, now) }
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
    return { kind: 'limited', seconds: secondsAsked(response.headers, now) }
  }
  return { kind: 'answered' }
}

const isLimit = (headers: Headers, message: string): boolean =>
  headers['retry-after'] !== undefined ||
  headers['x-ratelimit-remaining'] === '0' ||
  /secondary rate limit|API rate limit exceeded|abuse detection/i.test(message)

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

/** GitHub's rate limit lasts longer than we wait. Nothing was done. */
export class LimitReached extends Error {
  override name = 'LimitReached'
  readonly seconds: number

  constructor(seconds: number, cause: unknown) {
    super(`GitHub's rate limit asks to wait for ${Math.ceil(seconds)} seconds`, { cause })
    this.seconds = seconds
  }
}
