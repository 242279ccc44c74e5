import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FREE_FROM, shippingFor } from './shipping.js'

test('counts each kilogram begun', () => {
  assert.equal(shippingFor(20, 1200).toFixed(2), '5.10')
})

test('large orders travel free', () => {
  assert.equal(shippingFor(FREE_FROM, 9000), 0)
})
