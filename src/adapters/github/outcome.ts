/** A write was sent and nobody knows whether it was done: look, then decide. Repeating it blindly could do it twice. */
export class UnknownOutcome extends Error {
  override name = 'UnknownOutcome'
}

/** GitHub refuses for longer than is worth waiting for. Nothing was done. */
export class LimitReached extends Error {
  override name = 'LimitReached'
  readonly seconds: number

  constructor(seconds: number, cause: unknown) {
    super(`GitHub's rate limit asks to wait for ${Math.ceil(seconds)} seconds`, { cause })
    this.seconds = seconds
  }
}
