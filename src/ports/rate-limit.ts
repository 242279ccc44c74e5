/** The platform refuses requests until a time that is further off than we wait. Nothing was done. */
export class LimitReached extends Error {
  override name = 'LimitReached'
  readonly until: Date

  constructor(until: Date, cause?: unknown) {
    super(`GitHub's rate limit of this repository is used up until ${until.toISOString()}`, { cause })
    this.until = until
  }
}
