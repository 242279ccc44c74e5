import { append, replace, think } from '../step.mjs'

const code = 'packages/discount/discount.js'
const tests = 'packages/discount/discount.test.js'

await think(1)
replace(code, 'const CODES = {', `import { least, money, times, zero } from '../money/money.js'

const CODES = {`)
replace(code, '(amount) => amount * 0.1', '(amount) => times(amount, 0.1)')
replace(code, 'FIVER: () => 5,', 'FIVER: (amount) => money(500, amount.currency),')
replace(code, '?? 0', '?? zero(amount.currency)')
replace(code, 'return Math.min(Math.round(off * 100) / 100, amount)', 'return least(off, amount)')
replace(tests, "import { discountOn } from './discount.js'", `import { money, zero } from '../money/money.js'
import { discountOn } from './discount.js'

const euros = (minor) => money(minor, 'EUR')`)
replace(tests, "assert.equal(discountOn(13.5, 'WELCOME'), 1.35)", "assert.deepEqual(discountOn(euros(1350), 'WELCOME'), euros(135))")
replace(tests, "assert.equal(discountOn(3, 'FIVER'), 3)", "assert.deepEqual(discountOn(euros(300), 'FIVER'), euros(300))")
replace(tests, "assert.equal(discountOn(3, 'NOPE'), 0)", "assert.deepEqual(discountOn(euros(300), 'NOPE'), zero('EUR'))")
append(
  tests,
  `
test('a share of an odd amount is a whole number of cents', () => {
  assert.deepEqual(discountOn(euros(1335), 'WELCOME'), euros(134))
})
`,
)
