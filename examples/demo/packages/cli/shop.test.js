import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const shop = join(import.meta.dirname, 'shop.js')
const order = join(import.meta.dirname, 'order.json')
const printed = () => execFileSync(process.execPath, [shop, order], { encoding: 'utf8' }).trimEnd().split('\n')

test('prints a receipt', () => {
  assert.equal(printed().at(-2), 'total              19.90 EUR')
})
