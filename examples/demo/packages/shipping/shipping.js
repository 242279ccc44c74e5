export const FREE_FROM = 50
const BASE = 3.5
const PER_KILOGRAM = 0.8

/** A base price and something for each kilogram begun; large orders travel free. */
export function shippingFor(subtotal, grams) {
  if (subtotal >= FREE_FROM) return 0
  return BASE + PER_KILOGRAM * Math.ceil(grams / 1000)
}
