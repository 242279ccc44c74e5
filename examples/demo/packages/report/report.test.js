import assert from 'node:assert/strict'
import { test } from 'node:test'
import { add, emptyCart } from '../cart/cart.js'
import { checkout } from '../checkout/checkout.js'
import { report } from './report.js'

const order = (price) => checkout(add(emptyCart, { article: 'tea', price }))

test('adds the day up', () => {
  const { orders, turnover, tax } = report([order(4.5), order(60)])
  assert.equal(orders, 2)
  assert.equal(turnover.toFixed(2), '80.92')
  assert.equal(tax.toFixed(2), '12.92')
})
