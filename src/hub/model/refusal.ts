import { type ErrorType, STATUS_OF } from './fault.ts'

/** What the API says no with. */
export interface Refused {
  readonly status: number
  readonly error: ErrorType
  readonly message: string
}

export const refuse = (error: ErrorType, message: string): Refused => ({ status: STATUS_OF[error], error, message })

export const invalid = (message: string): Refused => refuse('invalid_request_error', message)

/** The body of every error, streamed or not. */
export const errorBody = (error: ErrorType, message: string, requestId: string) => ({
  type: 'error',
  error: { type: error, message },
  request_id: requestId,
})
