import { spawnSync } from 'node:child_process'
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
    // Measures, and leaves it to the one who started it to show what came of it.
    alone: { type: 'boolean' },
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
if (values.alone === true) for (const benchmark of chosen) await measure(benchmark)
else show()

async function measure(benchmark: Benchmark): Promise<void> {
  const begun = performance.now()
  console.error(`${benchmark.name}: ${benchmark.summary} ...`)
  const say = values.verbose === true ? (line: string) => console.error(`  ${line}`) : () => {}
  const measured = await benchmark.measure(values.quick === true, say)
  const { figures, tables = [] } = measured
  const lines = [...figures.map((figure) => ({ kind: 'figure', ...figure })), ...measured.lines]
  writeFileSync(join(OUT, `${benchmark.name}.jsonl`), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  writeFileSync(summaryOf(benchmark), JSON.stringify({ figures, tables } satisfies Summary))
  if (values.plot === true) await plot(benchmark, measured)
  console.error(`${benchmark.name}: ${((performance.now() - begun) / 1000).toFixed(1)} s, ${lines.length} lines`)
}

function show(): void {
  const machine = machineNow()
  const begun = performance.now()
  const summaries = chosen.map(measuredAlone)
  const minutes = (performance.now() - begun) / 60_000
  const [figures, tables] = [summaries.flatMap((one) => one.figures), summaries.flatMap((one) => one.tables)]
  console.log([tableOf(figures), ...tables].join('\n\n'))
  if (values.docs !== true) return
  const page = withFigures(readFileSync(PAGE, 'utf8'), figuresInMarkdown(figures, tables, { machine, minutes }))
  writeFileSync(PAGE, page)
}

/** Each in a process of its own: to start git takes the longer, the more memory the process holds that starts it. */
function measuredAlone(benchmark: Benchmark): Summary {
  const flags = (['plot', 'quick', 'verbose'] as const).filter((name) => values[name] === true)
  const words = [benchmark.name, '--alone', ...flags.map((name) => `--${name}`)]
  const { status } = spawnSync(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...words], {
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(1)
  return JSON.parse(readFileSync(summaryOf(benchmark), 'utf8'))
}

interface Summary {
  figures: readonly Figure[]
  tables: readonly string[]
}

function summaryOf({ name }: Benchmark): string {
  return join(OUT, `${name}.json`)
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
