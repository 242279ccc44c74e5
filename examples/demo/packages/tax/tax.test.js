import assert from 'node:assert/strict'
import { test } from 'node:test'
import { taxOn } from './tax.js'

test('rounds to a cent', () => {
  assert.equal(taxOn(9.99, 'standard'), 1.9)
})

test('books are taxed less', () => {
  assert.equal(taxOn(10, 'reduced'), 0.7)
})
