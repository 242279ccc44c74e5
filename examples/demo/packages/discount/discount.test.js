import assert from 'node:assert/strict'
import { test } from 'node:test'
import { discountOn } from './discount.js'

test('a share', () => {
  assert.equal(discountOn(13.5, 'WELCOME'), 1.35)
})

test('never more than there is', () => {
  assert.equal(discountOn(3, 'FIVER'), 3)
})

test('an unknown code takes nothing off', () => {
  assert.equal(discountOn(3, 'NOPE'), 0)
})
