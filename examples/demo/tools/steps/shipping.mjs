import { append, replace, think } from '../step.mjs'

const code = 'packages/shipping/shipping.js'
const tests = 'packages/shipping/shipping.test.js'

await think(3)
replace(
  code,
  `export const FREE_FROM = 50
const BASE = 3.5
const PER_KILOGRAM = 0.8
`,
  `import { minus, money, plus, times, zero } from '../money/money.js'

export const FREE_FROM = money(5000, 'EUR')
const BASE = money(350, 'EUR')
const PER_KILOGRAM = money(80, 'EUR')
`,
)
replace(code, 'if (subtotal >= FREE_FROM) return 0', 'if (minus(subtotal, FREE_FROM).minor >= 0) return zero(subtotal.currency)')
replace(code, 'return BASE + PER_KILOGRAM * Math.ceil(grams / 1000)', 'return plus(BASE, times(PER_KILOGRAM, Math.ceil(grams / 1000)))')
replace(tests, "import { FREE_FROM, shippingFor } from './shipping.js'", `import { money, zero } from '../money/money.js'
import { FREE_FROM, shippingFor } from './shipping.js'`)
replace(tests, "assert.equal(shippingFor(20, 1200).toFixed(2), '5.10')", "assert.deepEqual(shippingFor(money(2000, 'EUR'), 1200), money(510, 'EUR'))")
replace(tests, 'assert.equal(shippingFor(FREE_FROM, 9000), 0)', "assert.deepEqual(shippingFor(FREE_FROM, 9000), zero('EUR'))")
append(
  tests,
  `
test('the tariff is in euros alone', () => {
  assert.throws(() => shippingFor(money(2000, 'USD'), 100), /do not add up/)
})
`,
)
