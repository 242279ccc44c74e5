import { append, replace, think } from '../step.mjs'

const code = 'packages/cart/cart.js'
const tests = 'packages/cart/cart.test.js'

await think(1.5)
replace(code, 'export const emptyCart = { lines: [] }', `import { sum, times } from '../money/money.js'

export const emptyCart = { lines: [] }`)
replace(code, 'Prices are in euros. The same', 'A price is money. The same')
replace(
  code,
  'export const subtotal = (cart) => cart.lines.reduce((sum, line) => sum + line.price * line.quantity, 0)',
  `export const currencyOf = (cart) => cart.lines[0]?.price.currency ?? 'EUR'

export const lineTotal = (line) => times(line.price, line.quantity)

export const subtotal = (cart) => sum(cart.lines.map(lineTotal), currencyOf(cart))`,
)
replace(tests, "import { add, emptyCart, subtotal } from './cart.js'", `import { money, zero } from '../money/money.js'
import { add, currencyOf, emptyCart, subtotal } from './cart.js'`)
replace(tests, "price: 4.5 }", "price: money(450, 'EUR') }")
replace(tests, 'assert.equal(subtotal(emptyCart), 0)', "assert.deepEqual(subtotal(emptyCart), zero('EUR'))")
replace(tests, 'assert.equal(subtotal(cart), 13.5)', "assert.deepEqual(subtotal(cart), money(1350, 'EUR'))")
append(
  tests,
  `
test('keeps the currency of its prices', () => {
  const cart = add(emptyCart, { article: 'bagel', price: money(325, 'USD') })
  assert.equal(currencyOf(cart), 'USD')
})
`,
)
