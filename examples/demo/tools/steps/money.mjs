import { create, think } from '../step.mjs'

await think(2)
create(
  'packages/money/money.js',
  `/** An amount is a whole number of the currency's smallest unit, so that nothing is lost in adding. */
export function money(minor, currency) {
  if (!Number.isSafeInteger(minor)) throw new TypeError(\`not a whole number of cents: \${minor}\`)
  if (!/^[A-Z]{3}$/.test(currency)) throw new TypeError(\`not a currency: \${currency}\`)
  return Object.freeze({ minor, currency })
}

export const zero = (currency) => money(0, currency)

export function plus(a, b) {
  if (a.currency !== b.currency) throw new TypeError(\`\${a.currency} and \${b.currency} do not add up\`)
  return money(a.minor + b.minor, a.currency)
}

/** Half a cent and more is rounded away from zero. */
export const times = (a, factor) => {
  const exact = a.minor * factor
  // 990 * 0.05 is 49.50000000000001: what a float adds beyond a millionth of a cent is not meant.
  const near = Math.round(Math.abs(exact) * 1e6) / 1e6
  return money((Math.sign(exact) || 1) * Math.floor(near + 0.5), a.currency)
}

export const minus = (a, b) => plus(a, times(b, -1))

export const sum = (amounts, currency) => amounts.reduce(plus, zero(currency))

export const least = (a, b) => (minus(a, b).minor <= 0 ? a : b)

export function format({ minor, currency }) {
  const digits = String(Math.abs(minor)).padStart(3, '0')
  return \`\${minor < 0 ? '-' : ''}\${digits.slice(0, -2)}.\${digits.slice(-2)} \${currency}\`
}

export function parse(text) {
  const match = /^(-?)([0-9]+)[.]([0-9]{2}) ([A-Z]{3})$/.exec(text)
  if (match === null) throw new TypeError(\`not an amount: \${text}\`)
  const [, sign, whole, cents, currency] = match
  return money(Number(sign + whole + cents), currency)
}
`,
)
create(
  'packages/money/money.test.js',
  `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { format, least, minus, money, parse, plus, sum, times, zero } from './money.js'

const euros = (minor) => money(minor, 'EUR')

test('three times ten cents are thirty cents', () => {
  assert.deepEqual(sum([euros(10), euros(10), euros(10)], 'EUR'), euros(30))
})

test('half a cent is rounded away from zero', () => {
  assert.deepEqual(times(euros(990), 0.05), euros(50))
  assert.deepEqual(times(euros(-990), 0.05), euros(-50))
  assert.deepEqual(times(euros(999), 0.19), euros(190))
})

test('currencies do not mix', () => {
  assert.throws(() => plus(euros(1), money(1, 'USD')), /EUR and USD do not add up/)
})

test('a fraction of a cent is no amount', () => {
  assert.throws(() => money(0.5, 'EUR'), /not a whole number/)
})

test('the smaller of two', () => {
  assert.deepEqual(least(euros(3), euros(2)), euros(2))
  assert.deepEqual(minus(euros(3), euros(2)), euros(1))
})

test('is read as it is written', () => {
  for (const text of ['0.00 EUR', '-0.05 EUR', '12.30 USD']) assert.equal(format(parse(text)), text)
  assert.throws(() => parse('12,30'), /not an amount/)
  assert.deepEqual(parse('0.00 EUR'), zero('EUR'))
})
`,
)
