// @ts-check
import { spawnSync } from 'node:child_process'

const TRIES = 9
/** Milliseconds to start git and see it end, on two idle cores. */
const IDLE = 8
const MOST = 20

/**
 * How many times slower this machine starts processes than an idle one with two cores, from 1 to 20: tests spend most of
 * their time on that, and their limits are multiplied by it. `TRIBUTARY_PACE` says it instead.
 * @returns {number}
 */
export function paceOf({ TRIBUTARY_PACE: given } = process.env) {
  if (given !== undefined && given !== '') return checked(given)
  const times = Array.from({ length: TRIES }, () => {
    const begun = performance.now()
    spawnSync('git', ['--version'], { stdio: 'ignore' })
    return performance.now() - begun
  })
  const median = times.toSorted((one, other) => one - other)[TRIES >> 1] ?? IDLE
  return Math.min(MOST, Math.max(1, median / IDLE))
}

/** @param {string} given */
function checked(given) {
  const pace = Number(given)
  if (!(pace >= 1)) throw new Error(`TRIBUTARY_PACE=${given}: a number from 1 on is wanted`)
  return pace
}
