import { append, replace, think } from '../step.mjs'

const code = 'packages/report/report.js'
const tests = 'packages/report/report.test.js'

await think(2.5)
replace(
  code,
  `/** What a day of checkouts comes to. */
export function report(checkouts) {
  const sum = (name) => checkouts.reduce((total, one) => total + one[name], 0)
  return { orders: checkouts.length, turnover: sum('total'), tax: sum('tax') }
}`,
  `import { sum } from '../money/money.js'

/** What a day of checkouts comes to, in each currency by itself. */
export function report(checkouts) {
  const currencies = [...new Set(checkouts.map((one) => one.total.currency))]
  const amounts = (name, currency) => checkouts.map((one) => one[name]).filter((one) => one.currency === currency)
  const inEach = (name) => currencies.map((currency) => sum(amounts(name, currency), currency))
  return { orders: checkouts.length, turnover: inEach('total'), tax: inEach('tax') }
}`,
)
replace(tests, "import { report } from './report.js'", `import { format, money } from '../money/money.js'
import { report } from './report.js'`)
replace(tests, "price }))", "price: money(price, 'EUR') }))")
replace(tests, '[order(4.5), order(60)]', '[order(450), order(6000)]')
replace(tests, "assert.equal(turnover.toFixed(2), '80.92')", "assert.deepEqual(turnover.map(format), ['80.92 EUR'])")
replace(tests, "assert.equal(tax.toFixed(2), '12.92')", "assert.deepEqual(tax.map(format), ['12.92 EUR'])")
append(
  tests,
  `
test('a day without orders has no turnover', () => {
  assert.deepEqual(report([]), { orders: 0, turnover: [], tax: [] })
})

test('currencies are not added to each other', () => {
  const dollars = { total: money(500, 'USD'), tax: money(80, 'USD') }
  assert.deepEqual(report([order(6000), dollars]).turnover.map(format), ['71.40 EUR', '5.00 USD'])
})
`,
)
