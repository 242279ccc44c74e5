/** Others write a few times a minute at most: who loses so often meets a fault, not a race. */
const TRIES = 10

/**
 * Reads, decides and appends; all of it again if somebody else wrote in between.
 * @param attempt answers null if its append was refused
 * @throws after ten refusals
 */
export async function untilAppended<Done>(attempt: () => Promise<Done | null>): Promise<Done> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const done = await attempt()
    if (done !== null) return done
  }
  throw new Error(`the journal moved ${TRIES} times while this was decided`)
}
