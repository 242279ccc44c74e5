import { fromQuantiles, type Random } from '../random.ts'
import type { Costs } from './conditions.ts'

/*
 * Seconds, as quantiles from the least to the most. The machine's own share was measured on its hub (`npm run bench -- B3`
 * prints them anew): real jobs of the workflow that users paste, real git, artifacts and requests, on one machine. What
 * GitHub adds until a runner is there cannot be measured here: it is assumed, and stands apart.
 */
/** From a task's word in the journal until its slot has begun the work. */
const PICK_UP = [0.3, 0.6, 1.0, 1.4, 2.1]
/** From the end of the work until the result can be seen: commit, bundle, upload. */
const HAND_OVER = [0.3, 0.4, 0.5, 0.7, 1.2]
/** From the request for slots until the first look of one at the journal, without GitHub's share. */
const START_UP = [1.5, 2.0, 2.5, 3.2, 4.5]
/** Assumed: until GitHub has given a job to a runner. */
const RUNNER = [3, 6, 9, 15, 45]

/** What a run pays under the settings by default. */
export const measuredCosts = (random: Random): Costs => ({
  startUp: () => fromQuantiles(random, RUNNER) + fromQuantiles(random, START_UP),
  pickUp: () => fromQuantiles(random, PICK_UP),
  handOver: () => fromQuantiles(random, HAND_OVER),
  merge: 0.02,
  look: 2,
  pushesPerMinute: 6,
  idle: 60,
})
