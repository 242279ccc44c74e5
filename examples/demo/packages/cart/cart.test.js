import assert from 'node:assert/strict'
import { test } from 'node:test'
import { add, emptyCart, subtotal } from './cart.js'

const tea = { article: 'tea', price: 4.5 }

test('an empty cart costs nothing', () => {
  assert.equal(subtotal(emptyCart), 0)
})

test('the same article twice makes one line', () => {
  const cart = add(add(emptyCart, tea), { ...tea, quantity: 2 })
  assert.equal(cart.lines.length, 1)
  assert.equal(subtotal(cart), 13.5)
})
