import { append, replace, think } from '../step.mjs'

const code = 'packages/receipt/receipt.js'
const tests = 'packages/receipt/receipt.test.js'

await think(1.5)
replace(code, 'const WIDTH = 28', `import { lineTotal } from '../cart/cart.js'
import { format, times } from '../money/money.js'

const WIDTH = 28`)
replace(
  code,
  `const euros = (amount) => \`\${amount.toFixed(2)} EUR\`
const row = (label, amount) => label + euros(amount)`,
  'const row = (label, amount) => label + format(amount)',
)
replace(code, 'line.price * line.quantity', 'lineTotal(line)')
replace(code, '-totals.discount', 'times(totals.discount, -1)')
replace(tests, "import { receipt } from './receipt.js'", `import { money } from '../money/money.js'
import { receipt } from './receipt.js'`)
replace(tests, 'price: 4.5', "price: money(450, 'EUR')")
append(
  tests,
  `
test('what is taken off has a minus', () => {
  const lines = receipt(cart, checkout(cart, { code: 'FIVER', grams: 300 }))
  assert.ok(lines.includes('discount           -5.00 EUR'))
})
`,
)
