import { type ScriptedAnswer, text } from './answer.ts'

/** Error types of the API that a fault may speak of, each with its status. */
export const STATUS_OF = {
  invalid_request_error: 400,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  overloaded_error: 529,
} as const

export type ErrorType = keyof typeof STATUS_OF

/** An answer that fails after so many bytes of its body; half of them by default. */
interface Cut {
  readonly after: number | null
  readonly answer: ScriptedAnswer
  /** Whether the script gave the answer itself: only then it has to fit the request. */
  readonly filler: boolean
}

export type ScriptedFault =
  | { readonly kind: 'status'; readonly status: number; readonly error: ErrorType; readonly retryAfter: number | null }
  | ({ readonly kind: 'reset' } & Cut)
  | ({ readonly kind: 'clean-eof' } & Cut)
  | ({ readonly kind: 'stall' } & Cut)
  | ({ readonly kind: 'error-event'; readonly error: ErrorType } & Cut)

interface CutOptions {
  readonly after?: number
  readonly of?: ScriptedAnswer
}

const FILLER = text('Words that nobody is meant to read to their end. '.repeat(20))

const cut = ({ after, of }: CutOptions): Cut => ({
  after: after ?? null,
  answer: of ?? FILLER,
  filler: of === undefined,
})

const ERROR_OF: Readonly<Record<number, ErrorType>> = { 429: 'rate_limit_error', 529: 'overloaded_error' }

/** Answers with an error at once; `retryAfter` is in seconds. */
export const status = (code: 429 | 500 | 503 | 529, options: { readonly retryAfter?: number } = {}): ScriptedFault => ({
  kind: 'status',
  status: code,
  error: ERROR_OF[code] ?? 'api_error',
  retryAfter: options.retryAfter ?? null,
})

/** Destroys the connection after so many bytes of the body; after none, nothing is answered at all. */
export const reset = (options: CutOptions = {}): ScriptedFault => ({ kind: 'reset', ...cut(options) })

/** Ends the body properly, but too early: no message_stop. */
export const cleanEof = (options: CutOptions = {}): ScriptedFault => ({ kind: 'clean-eof', ...cut(options) })

/** Sends nothing more and keeps the connection, until the client leaves or the server is closed. */
export const stall = (options: CutOptions = {}): ScriptedFault => ({ kind: 'stall', ...cut(options) })

/** Ends the stream with an error event, behind the first event that ends at or after so many bytes. */
export const errorEvent = (error: ErrorType = 'overloaded_error', options: CutOptions = {}): ScriptedFault => ({
  kind: 'error-event',
  error,
  ...cut(options),
})

/** A rejected request, in the API's terms. */
export interface RefusedRequest {
  readonly status: number
  readonly error: ErrorType
  readonly message: string
}

export const refuseRequest = (error: ErrorType, message: string): RefusedRequest => ({
  status: STATUS_OF[error],
  error,
  message,
})

export const invalidRequest = (message: string): RefusedRequest => refuseRequest('invalid_request_error', message)

/** The body of every error, streamed or not. */
export const apiErrorBody = (error: ErrorType, message: string, requestId: string) => ({
  type: 'error',
  error: { type: error, message },
  request_id: requestId,
})
