// @ts-check
// Prints the figures by which one state of this repository is compared with another, as a Markdown table:
//   node scripts/measure.mjs [FOLDER] [--names]
// FOLDER may be the work tree of an old commit: nothing has to be installed in it.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { transformSync } from 'esbuild'
import { exportsOf, filesUnder, functionsOf, importsOf, sourcesIn } from './sources.mjs'

/** @typedef {[string, string | number]} Row */

const STARTS = 5
/** What stands beside the action, and is not loaded by it. */
const DOUBLES = ['src/hub/', 'src/model-double/']

const { values, positionals } = parseArgs({ options: { names: { type: 'boolean' } }, allowPositionals: true })
const folder = resolve(positionals[0] ?? '.')
const sources = sourcesIn(folder, 'src')
if (sources.length === 0) {
  console.error(`${folder} has no TypeScript in src.`)
  process.exit(1)
}
const names = namesOfSeveral()
const rows = [...sizes(), ...places(), ...lengths(), ...(await bundle()), ...mutants()]
console.log('| Figure | Value |\n| --- | --- |')
for (const [name, value] of rows) console.log(`| ${name} | ${value} |`)
if (values.names) for (const [name, paths] of names) console.log(`- ${name}: ${paths.join(', ')}`)

/** @returns {Row[]} */
function sizes() {
  const shipped = sources.filter(({ path }) => !DOUBLES.some((double) => path.startsWith(double)))
  const said = (/** @type {import('./sources.mjs').Source[]} */ some) =>
    `${some.length} files, ${some.reduce((sum, { lines }) => sum + lines, 0)} lines`
  return [
    ['`src`', said(sources)],
    ['`src` without the doubles of GitHub and the model', said(shipped)],
    ['`__tests__`', said(sourcesIn(folder, '__tests__'))],
  ]
}

/** @returns {Row[]} */
function places() {
  const counts = [...grouped(sources.map(({ path }) => [dirname(path), path]))]
  const largest = counts.toSorted(([, one], [, other]) => other.length - one.length).slice(0, 5)
  const known = new Set(sources.map(({ path }) => path))
  const readers = grouped(sources.flatMap((source) => importsOf(source, known).map((to) => [to, source.path])))
  const single = [...readers].filter(([, from]) => from.length === 1)
  const beside = single.filter(([to, [from = '']]) => dirname(to) === dirname(from))
  return [
    ['folders with the most files in them', largest.map(([name, { length }]) => `${name} ${length}`).join(', ')],
    ['files that one file imports', `${single.length}, of which ${beside.length} from the same folder`],
    ['names that more than one file exports', names.length],
  ]
}

/** @returns {Row[]} */
function lengths() {
  const found = sources.flatMap(functionsOf).toSorted((one, other) => one.lines - other.lines)
  const at = (/** @type {number} */ share) => found[Math.ceil(share * found.length) - 1]
  const most = [0.5, 0.9, 0.99].map((share) => at(share)?.lines).join(', ')
  return [
    ['functions with a name', found.length],
    ['their lines: 50 %, 90 % and 99 % have at most, and the longest', `${most}, ${at(1)?.lines} (${at(1)?.at})`],
  ]
}

/** @returns {[string, string[]][]} */
function namesOfSeveral() {
  const all = grouped(sources.flatMap((source) => exportsOf(source).map((name) => [name, source.path])))
  return [...all].filter(([, paths]) => paths.length > 1).toSorted(([one], [other]) => (one < other ? -1 : 1))
}

/** @returns {Promise<Row[]>} */
async function bundle() {
  const dist = join(folder, 'dist')
  if (!existsSync(join(dist, 'index.js'))) return []
  const bytes = (/** @type {string[]} */ paths) => paths.reduce((sum, path) => sum + statSync(path).size, 0)
  const loaded = [...partsOf(dist, 'index.js', new Set(['index.js']))].map((part) => join(dist, part))
  return [
    ['bytes that `dist/index.js` loads at its start', bytes(loaded)],
    ['bytes of `dist`', bytes(filesUnder(dist))],
    [`from the start of \`dist/index.js\` to its first request, median of ${STARTS}`, await starts(dist)],
  ]
}

/**
 * @param {string} dist
 * @param {string} file
 * @param {Set<string>} seen
 */
function partsOf(dist, file, seen) {
  const text = readFileSync(join(dist, file), 'utf8')
  const imports = [...text.matchAll(/(?:^|[;}])import(?:\{[^}]*\}from)?"\.\/([^"]+)"/gm)]
  // What the entry loads by `import()`, it loads at each start.
  if (file === 'index.js') imports.push(...text.matchAll(/import\("\.\/([^"]+)"\)/g))
  for (const [, path = ''] of imports) {
    const part = join(dirname(file), path)
    if (!seen.has(part)) partsOf(dist, part, seen.add(part))
  }
  return seen
}

/**
 * A bundle that is only imported runs already, so it is started as the test of the same figure starts it: with a server on
 * loopback for GitHub, and until its first request.
 * @param {string} dist
 */
async function starts(dist) {
  const source = readFileSync(join(import.meta.dirname, '..', '__tests__', 'support', 'cold-start.ts'), 'utf8')
  const { code } = transformSync(source, { loader: 'ts', format: 'esm' })
  const { coldStart } = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  /** @type {{ ms: number, cpuMs: number | null }[]} */
  const times = []
  for (let index = 0; index < STARTS; index += 1) times.push(await coldStart(dist))
  const median = (/** @type {number[]} */ all) => all.toSorted((one, other) => one - other)[STARTS >> 1] ?? Infinity
  const wall = median(times.map(({ ms }) => ms))
  const cpu = times.flatMap(({ cpuMs }) => cpuMs ?? [])
  if (wall === Infinity) return 'it made no request'
  return `${wall.toFixed(0)} ms${cpu.length === STARTS ? `, CPU ${median(cpu)} ms` : ''}`
}

/** By the reports of `npm run mutate`, one a room. @returns {Row[]} */
function mutants() {
  const reports = join(folder, 'coverage', 'mutation')
  const files = existsSync(reports) ? readdirSync(reports).filter((name) => name.endsWith('.json')) : []
  return files.toSorted().map((name) => {
    /** @type {{ files: Record<string, { mutants: { status: string }[] }> }} */
    const report = JSON.parse(readFileSync(join(reports, name), 'utf8'))
    const all = Object.values(report.files).flatMap((file) => file.mutants.map(({ status }) => status))
    const killed = all.filter((status) => ['Killed', 'Timeout'].includes(status)).length
    const counted = killed + all.filter((status) => ['Survived', 'NoCoverage'].includes(status)).length
    const room = name.replace('.json', '')
    return [`mutants killed in \`src/${room}\``, `${((100 * killed) / counted).toFixed(1)} % of ${counted}`]
  })
}

/**
 * @param {string[][]} pairs
 * @returns {Map<string, string[]>}
 */
function grouped(pairs) {
  /** @type {Map<string, string[]>} */
  const groups = new Map()
  for (const [key = '', value = ''] of pairs) groups.set(key, [...(groups.get(key) ?? []), value])
  return groups
}
