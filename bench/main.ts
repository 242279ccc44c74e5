import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Benchmark, Figure, Measured } from './benchmark.ts'
import { benchmarks } from './benchmarks.ts'
import { figuresInMarkdown, machineNow, withFigures } from './page.ts'
import { tableOf } from './table.ts'

const OUT = 'bench-results'
const PAGE = 'docs/benchmarks.md'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    plot: { type: 'boolean' },
    quick: { type: 'boolean' },
    verbose: { type: 'boolean' },
    docs: { type: 'boolean' },
  },
})
const chosen = benchmarks.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
const unknown = positionals.filter((word) => !benchmarks.some(({ name }) => name === word))
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}: there are ${benchmarks.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

if (values.docs === true && (values.quick === true || positionals.length > 0)) {
  console.error(`${PAGE} holds what one whole run measured: --docs goes with no name, and not with --quick`)
  process.exit(2)
}

mkdirSync(OUT, { recursive: true })
const machine = machineNow()
const begunAt = performance.now()
const figures: Figure[] = []
const tables: string[] = []
for (const benchmark of chosen) {
  const measured = await run(benchmark)
  figures.push(...measured.figures)
  tables.push(...(measured.tables ?? []))
}
console.log([tableOf(figures), ...tables].join('\n\n'))
if (values.docs === true) {
  const minutes = (performance.now() - begunAt) / 60_000
  writeFileSync(PAGE, withFigures(readFileSync(PAGE, 'utf8'), figuresInMarkdown(figures, tables, { machine, minutes })))
}

async function run(benchmark: Benchmark): Promise<Measured> {
  const begun = performance.now()
  console.error(`${benchmark.name}: ${benchmark.summary} ...`)
  const say = values.verbose === true ? (line: string) => console.error(`  ${line}`) : () => {}
  const measured = await benchmark.measure(values.quick === true, say)
  const lines = [...measured.figures.map((figure) => ({ kind: 'figure', ...figure })), ...measured.lines]
  writeFileSync(join(OUT, `${benchmark.name}.jsonl`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  if (values.plot === true) await plot(benchmark, measured)
  console.error(`${benchmark.name}: ${((performance.now() - begun) / 1000).toFixed(1)} s, ${lines.length} lines`)
  return measured
}

/** The library that draws is loaded by those alone who want a drawing. */
async function plot({ name }: Benchmark, { charts }: Measured): Promise<void> {
  const { svgOf } = await import('./plot.ts')
  for (const [index, chart] of charts.entries()) {
    const file = join(OUT, `${name}${index === 0 ? '' : `-${index + 1}`}.svg`)
    writeFileSync(file, await svgOf(chart))
    console.error(`${name}: ${file}`)
  }
}
