export interface FieldError {
  resource: string
  field?: string
  code: string
  message?: string
}

/** Status codes that routes return on purpose. */
type Status = 400 | 401 | 403 | 404 | 405 | 409 | 410 | 422

/** A refused request, in GitHub's words. The only error that routes and mutations throw on purpose. */
export class Refusal extends Error {
  readonly status: Status
  readonly errors: readonly (FieldError | string)[] | undefined

  constructor(status: Status, message: string, errors?: readonly (FieldError | string)[]) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.errors = errors
  }
}

export const notFound = (): Refusal => new Refusal(404, 'Not Found')
export const invalid = (...errors: (FieldError | string)[]): Refusal => new Refusal(422, 'Validation Failed', errors)
