const CODES = {
  WELCOME: (amount) => amount * 0.1,
  FIVER: () => 5,
}

/** What a code takes off: never more than there is. */
export function discountOn(amount, code) {
  const off = CODES[code]?.(amount) ?? 0
  return Math.min(Math.round(off * 100) / 100, amount)
}
