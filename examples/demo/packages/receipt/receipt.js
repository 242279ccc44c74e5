const WIDTH = 28

const euros = (amount) => `${amount.toFixed(2)} EUR`
const row = (label, amount) => label + euros(amount).padStart(WIDTH - label.length)

/** A receipt as lines of text. */
export function receipt(cart, totals) {
  const goods = cart.lines.map((line) => row(`${line.quantity} x ${line.article}`, line.price * line.quantity))
  return [
    ...goods,
    '-'.repeat(WIDTH),
    row('discount', -totals.discount),
    row('shipping', totals.shipping),
    row('tax', totals.tax),
    row('total', totals.total),
  ]
}
