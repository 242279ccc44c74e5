/** Time limits of tests are multiplied by this; see `scripts/pace.mjs`. */
export const PACE = Number(process.env.TRIBUTARY_PACE ?? 1)
