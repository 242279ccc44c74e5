import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../support/git.ts'
import { nightly } from '../support/nightly.ts'

const SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'measure.mjs')

/** The rows that it prints for a checkout with these files, and what it says below them. */
function measured(files: Record<string, string>, ...words: string[]) {
  const folder = tempDir()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const { stdout, stderr, status } = spawnSync(process.execPath, [SCRIPT, folder, ...words], { encoding: 'utf8' })
  const rows = [...stdout.matchAll(/^\| (.*) \| (.*) \|$/gm)].map(([, name = '', value = '']) => [name, value])
  return { figures: Object.fromEntries(rows), names: stdout.match(/^- .*$/gm) ?? [], stderr, status }
}

const CHECKOUT = {
  'src/index.ts': "import { run } from './core/run.ts'\nawait run()\n",
  'src/core/run.ts':
    "import type { Money } from './money.ts'\nexport { price } from './price.ts'\nexport const run = async () => {\n  await null\n}\n",
  'src/core/money.ts': "import { price } from './price.ts'\nexport type Money = number\nexport const sum = price\n",
  'src/core/price.ts': 'export function price() {\n  return [1].map((one) => {\n    return one\n  })\n}\n',
  'src/hub/run.ts': 'const own = 1\nexport { own as run }\n',
  '__tests__/run.test.ts': '\n',
}

it('counts files, lines, readers, names and functions, and mutants if there is a report', () => {
  const mutants = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'Ignored', 'Killed'].map((status) => ({ status }))
  const report = JSON.stringify({ files: { 'src/core/run.ts': { mutants } } })
  expect(measured({ ...CHECKOUT, 'coverage/mutation/core.json': report }, '--names')).toMatchObject({
    figures: {
      '`src`': '5 files, 17 lines',
      '`src` without the doubles of GitHub and the model': '4 files, 15 lines',
      '`__tests__`': '1 files, 1 lines',
      'folders with the most files in them': 'src/core 3, src 1, src/hub 1',
      // run.ts and money.ts; price.ts has two readers, of which one only passes it on.
      'files that one file imports': '2, of which 1 from the same folder',
      'names that more than one file exports': '1',
      'functions with a name': '2',
      'their lines: 50 %, 90 % and 99 % have at most, and the longest': '3, 5, 5, 5 (src/core/price.ts:1)',
      'mutants killed in `src/core`': '60.0 % of 5',
    },
    names: ['- run: src/core/run.ts, src/hub/run.ts'],
  })
})

it('tells the part of a bundle that is loaded at the start, and how long the start takes', nightly, () => {
  const bundle = {
    'dist/index.js': 'import"./chunks/always.js";await fetch(process.env.GITHUB_API_URL);\n',
    'dist/chunks/always.js': 'import("./seldom.js");\n',
    'dist/chunks/seldom.js': '\n',
    'dist/package.json': '{"type":"module"}',
  }
  const { figures } = measured({ ...CHECKOUT, ...bundle })
  expect(figures).toMatchObject({ 'bytes that `dist/index.js` loads at its start': '91', 'bytes of `dist`': '109' })
  expect(figures).toMatchObject({
    'from the start of `dist/index.js` to its first request, median of 5': expect.stringMatching(/^\d+ ms/),
  })
})

it('says so if there are no sources', nightly, () => {
  expect(measured({ 'README.md': '' })).toMatchObject({ status: 1, stderr: expect.stringContaining('no TypeScript') })
})
