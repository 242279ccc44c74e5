/** Numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export type Random = () => number

export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A seed that depends on all of these, so that no two series of draws are the same by accident. */
export function seedOf(...parts: readonly (string | number)[]): number {
  let hash = 2166136261
  for (const code of parts.join('|')) hash = Math.imul(hash ^ (code.codePointAt(0) ?? 0), 16777619)
  return hash >>> 0
}

export const integer = (random: Random, below: number): number => Math.floor(random() * below)

/** Standard normal (Box and Muller). */
const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Lognormal around a median of 1. */
export const lognormal = (random: Random, sigma: number): number => Math.exp(sigma * normal(random))

/** Draws from quantiles that were measured, with straight lines between them. */
export function fromQuantiles(random: Random, quantiles: readonly number[]): number {
  const at = random() * (quantiles.length - 1)
  const low = quantiles[Math.floor(at)] ?? 0
  const high = quantiles[Math.ceil(at)] ?? low
  return low + (high - low) * (at - Math.floor(at))
}
