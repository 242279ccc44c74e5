// Every function that the guide calls has to be there.
import { readFileSync } from 'node:fs'
import * as money from '../packages/money/money.js'

const text = readFileSync('docs/money.md', 'utf8')
const named = new Set([...text.matchAll(/`([a-z]+)\(/g)].map(([, name]) => name))
const unknown = [...named].filter((name) => !(name in money))
if (named.size === 0 || unknown.length > 0) throw new Error(`docs/money.md: not in packages/money: ${unknown.join(', ') || 'nothing named'}`)
console.log(`docs/money.md: ${[...named].join(', ')} are there`)
