import { create, think } from '../step.mjs'

await think(1)
create(
  'docs/money.md',
  `# Money

An amount is a whole number of cents and a currency: \`money(450, 'EUR')\`. Adding two currencies is an error, not a number.

| to | call |
| --- | --- |
| read what a person wrote | \`parse('4.50 EUR')\` |
| show it | \`format(amount)\` |
| add, subtract | \`plus(a, b)\`, \`minus(a, b)\`, \`sum(amounts, currency)\` |
| take a share, rounded to a cent | \`times(amount, 0.19)\` |
`,
)
