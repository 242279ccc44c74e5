import { readFileSync } from 'node:fs'
import { add, emptyCart } from '../cart/cart.js'
import { checkout } from '../checkout/checkout.js'
import { receipt } from '../receipt/receipt.js'
import { report } from '../report/report.js'

const order = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const cart = order.lines.reduce((filled, line) => add(filled, line), emptyCart)
const totals = checkout(cart, order)

for (const line of receipt(cart, totals)) console.log(line)
console.log(`turnover of the day: ${report([totals]).turnover}`)
