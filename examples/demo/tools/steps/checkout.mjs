import { append, replace, think } from '../step.mjs'

const code = 'packages/checkout/checkout.js'
const tests = 'packages/checkout/checkout.test.js'

await think(2)
replace(code, "import { shippingFor }", `import { minus, plus } from '../money/money.js'
import { shippingFor }`)
replace(
  code,
  `  const shipping = shippingFor(goods - discount, grams)
  const tax = taxOn(goods - discount + shipping, rate)
  return { goods, discount, shipping, tax, total: goods - discount + shipping + tax }`,
  `  const rest = minus(goods, discount)
  const shipping = shippingFor(rest, grams)
  const net = plus(rest, shipping)
  const tax = taxOn(net, rate)
  return { goods, discount, shipping, tax, total: plus(net, tax) }`,
)
replace(tests, "import { checkout } from './checkout.js'", `import { format, money } from '../money/money.js'
import { checkout } from './checkout.js'`)
replace(tests, 'price: 4.5', "price: money(450, 'EUR')")
replace(
  tests,
  "[goods, discount, shipping, tax].map((amount) => amount.toFixed(2)), ['13.50', '1.35', '4.30', '3.13'])",
  "[goods, discount, shipping, tax].map(format), ['13.50 EUR', '1.35 EUR', '4.30 EUR', '3.13 EUR'])",
)
replace(tests, "assert.equal(total.toFixed(2), '19.58')", "assert.equal(format(total), '19.58 EUR')")
append(
  tests,
  `
test('three stickers at ten cents are thirty cents of goods', () => {
  const stickers = add(emptyCart, { article: 'sticker', price: money(10, 'EUR'), quantity: 3 })
  assert.deepEqual(checkout(stickers).goods, money(30, 'EUR'))
})
`,
)
