import assert from 'node:assert/strict'
import { test } from 'node:test'
import { add, emptyCart } from '../cart/cart.js'
import { checkout } from './checkout.js'

const cart = add(emptyCart, { article: 'tea', price: 4.5, quantity: 3 })

test('adds up', () => {
  const { goods, discount, shipping, tax, total } = checkout(cart, { code: 'WELCOME', grams: 300 })
  assert.deepEqual([goods, discount, shipping, tax].map((amount) => amount.toFixed(2)), ['13.50', '1.35', '4.30', '3.13'])
  assert.equal(total.toFixed(2), '19.58')
})
