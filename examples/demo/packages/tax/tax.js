export const RATES = { standard: 0.19, reduced: 0.07 }

/** Rounded to a cent. */
export const taxOn = (amount, rate) => Math.round(amount * RATES[rate] * 100) / 100
