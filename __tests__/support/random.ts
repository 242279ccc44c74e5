/** Printed, so that a failure can be played again with `SEED=… npx vitest run …`. */
export function printedSeed(): number {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)
  console.log(`seed ${seed}`)
  return seed
}

/** How many cases a test draws by chance: `TRIBUTARY_SEEDS` times as many as on a push, which the nightly run sets. */
export function cases(onPush: number): number {
  const times = Number(process.env.TRIBUTARY_SEEDS ?? 1)
  if (!(times >= 1)) throw new Error(`TRIBUTARY_SEEDS=${process.env.TRIBUTARY_SEEDS}: a number from 1 on is wanted`)
  return Math.round(onPush * times)
}

/** `random(n)`: an integer from 0 to n - 1, the same ones for the same seed (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
