import { append, replace, think } from '../step.mjs'

const code = 'packages/cli/shop.js'
const order = 'packages/cli/order.json'
const tests = 'packages/cli/shop.test.js'

await think(2)
replace(order, '"price": 4.5', '"price": "4.50 EUR"')
replace(order, '"price": 0.1', '"price": "0.10 EUR"')
replace(code, "import { receipt }", `import { format, parse } from '../money/money.js'
import { receipt }`)
replace(
  code,
  'order.lines.reduce((filled, line) => add(filled, line), emptyCart)',
  'order.lines.reduce((filled, line) => add(filled, { ...line, price: parse(line.price) }), emptyCart)',
)
replace(code, '${report([totals]).turnover}', "${report([totals]).turnover.map(format).join(', ')}")
append(
  tests,
  `
test('ends with the turnover, to the cent', () => {
  assert.equal(printed().at(-1), 'turnover of the day: 19.90 EUR')
})
`,
)
