/** Other processes write a few times a minute at most: so many refusals are a fault, not a race. */
const TRIES = 10

/**
 * Reads, decides and appends, again from the start if another process wrote in between.
 * @param attempt returns null if its append was refused
 * @throws after ten refusals
 */
export async function untilAppended<Done>(attempt: () => Promise<Done | null>): Promise<Done> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const done = await attempt()
    if (done !== null) return done
  }
  throw new Error(`the journal moved ${TRIES} times while this was decided`)
}
