import assert from 'node:assert/strict'
import { test } from 'node:test'
import { add, emptyCart } from '../cart/cart.js'
import { checkout } from '../checkout/checkout.js'
import { receipt } from './receipt.js'

const cart = add(emptyCart, { article: 'tea', price: 4.5, quantity: 3 })

test('names each article and ends with the total', () => {
  const lines = receipt(cart, checkout(cart, { grams: 300 }))
  assert.equal(lines[0], '3 x tea            13.50 EUR')
  assert.equal(lines.at(-1), 'total              21.18 EUR')
})
