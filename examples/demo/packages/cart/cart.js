export const emptyCart = { lines: [] }

/** Prices are in euros. The same article twice makes one line. */
export function add(cart, { article, price, quantity = 1 }) {
  const known = cart.lines.find((line) => line.article === article)
  if (known === undefined) return { lines: [...cart.lines, { article, price, quantity }] }
  const more = { ...known, quantity: known.quantity + quantity }
  return { lines: cart.lines.map((line) => (line === known ? more : line)) }
}

export const subtotal = (cart) => cart.lines.reduce((sum, line) => sum + line.price * line.quantity, 0)
