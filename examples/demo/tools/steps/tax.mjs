import { append, replace, think } from '../step.mjs'

const code = 'packages/tax/tax.js'
const tests = 'packages/tax/tax.test.js'

await think(2.5)
replace(code, 'export const RATES', `import { times } from '../money/money.js'

export const RATES`)
replace(
  code,
  `/** Rounded to a cent. */
export const taxOn = (amount, rate) => Math.round(amount * RATES[rate] * 100) / 100`,
  `/** Rounded to a cent. A rate that is not there is a mistake, not a tax of nothing. */
export function taxOn(amount, rate) {
  if (!(rate in RATES)) throw new TypeError(\`no such rate: \${rate}\`)
  return times(amount, RATES[rate])
}`,
)
replace(tests, "import { taxOn } from './tax.js'", `import { money } from '../money/money.js'
import { taxOn } from './tax.js'`)
replace(tests, "assert.equal(taxOn(9.99, 'standard'), 1.9)", "assert.deepEqual(taxOn(money(999, 'EUR'), 'standard'), money(190, 'EUR'))")
replace(tests, "assert.equal(taxOn(10, 'reduced'), 0.7)", "assert.deepEqual(taxOn(money(1000, 'EUR'), 'reduced'), money(70, 'EUR'))")
append(
  tests,
  `
test('an unknown rate is a mistake', () => {
  assert.throws(() => taxOn(money(1, 'EUR'), 'none'), /no such rate/)
})
`,
)
