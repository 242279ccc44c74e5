import type { DecisionResult } from '../../../core/command/decision.ts'
import type { LoadedReview } from '../../reviews/pull-reviews.ts'

/** Reviews of people that this process has met. */
export interface SeenReviews {
  /** Milliseconds of the clock at the last look. */
  at: number | null
  /** The end of the run after which reviews of the final pull request were looked at for `auto_merge`. */
  lookedAfter: string | null
  /** Not decided yet, or decided in a draft that could not be written. */
  open: LoadedReview[]
  /** Ids of those that need nothing any more. */
  done: Set<number>
  /** What the draft of this wake-up decides. */
  decided: { loaded: LoadedReview; decision: DecisionResult }[]
}

export const noReviews = (): SeenReviews => ({ at: null, lookedAfter: null, open: [], done: new Set(), decided: [] })
