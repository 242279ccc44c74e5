import { create, think } from '../step.mjs'

await think(1)
create(
  'CHANGELOG.md',
  `# Changes

- Amounts are money: whole cents and a currency. \`packages/money\` is new; every other package takes and gives money.
- Prices in order files are text with a currency: \`"4.50 EUR"\`.
- The report keeps currencies apart.
- An unknown tax rate is an error.
`,
)
