/**
 * The platform refuses requests until a time that is further off than we wait. Nothing was done. `of`: whether it refuses everything,
 * or only what creates content, which work does without.
 */
export class LimitReached extends Error {
  override name = 'LimitReached'
  readonly until: Date
  readonly of: 'requests' | 'content'

  constructor(until: Date, cause?: unknown, of: LimitReached['of'] = 'requests') {
    super(`GitHub's rate limit of this repository is used up until ${until.toISOString()}`, { cause })
    this.until = until
    this.of = of
  }
}
