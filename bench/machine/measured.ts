import { fromQuantiles, randomOf, seedOf } from '../random.ts'
import type { Costs } from './conditions.ts'

/*
 * Seconds, as quantiles from the least to the most. The machine's own share was measured on its hub (`npm run bench -- B3`
 * prints them again): real jobs of the workflow that users paste, real git, artifacts and requests, eight slots on two busy
 * cores. What GitHub adds until a runner is there cannot be measured here: it is assumed, and stands apart.
 */
/** From a task's word in the journal until its slot has begun the work. */
const PICK_UP = [1.4, 1.6, 2.5, 3.3, 3.5]
/** From the upload of a result until it has landed; its last part, the wait for the next look, comes on top once more. */
const HAND_OVER = [0.7, 1.5, 1.6, 2.3, 2.8]
/** From the approval until a slot's first task is begun, its pick-up among it, without GitHub's share. */
const START_UP = [7.3, 7.8, 8.7, 9.0, 9.2]
/** Assumed: until GitHub has given a job to a runner. */
const RUNNER = [3, 6, 9, 15, 45]

/** What a run pays under the settings by default, drawn for this member and this slot or attempt. */
export function measuredCosts(member: string): Costs {
  const draw = (quantiles: readonly number[], what: string, of: string) =>
    fromQuantiles(randomOf(seedOf('costs', member, what, of)), quantiles)
  return {
    startUp: (slot) => draw(RUNNER, 'runner', slot) + draw(START_UP, 'start', slot),
    pickUp: (attempt) => draw(PICK_UP, 'pick up', attempt),
    handOver: (attempt) => draw(HAND_OVER, 'hand over', attempt),
    merge: 0.02,
    look: 2,
    pushesPerMinute: 6,
    idle: 60,
  }
}
