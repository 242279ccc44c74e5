// @ts-check
// What CI runs, and in the end how much of it passed. A step that fails stops no other.
//   node scripts/all.mjs [--part quick|checks|unit|integration|e2e] [--shard 1/3]
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  closingLine,
  countOf,
  failedCheck,
  failureLines,
  NIGHTLY,
  nightlyLine,
  PASSED_CHECK,
  skippedLine,
  sum,
} from './counts.mjs'
import { paceOf } from './pace.mjs'

/** @typedef {import('./counts.mjs').Count} Count */
/** @typedef {(alone: boolean) => Promise<Count>} Step */

const root = join(import.meta.dirname, '..')
/** Of the whole, on two idle cores: what takes longer is run less often. */
const LIMIT_SECONDS = 600
const env = { ...process.env, TRIBUTARY_PACE: String(paceOf()) }

/**
 * Lanes run side by side, the steps of a lane one after another. The demo mostly waits, so the checks run beside it;
 * the tests fill all cores by themselves.
 * @type {Record<string, Step[][]>}
 */
const PARTS = {
  quick: [['types', 'lint'].map(check), [suite('unit')]],
  checks: [[check('test:node24')], ['types', 'lint', 'dead', 'dist'].map(check)],
  unit: [[suite('unit')]],
  integration: [[suite('integration')]],
  e2e: [[suite('e2e')]],
}
const WHOLE = [
  [[check('test:node24')], [...['types', 'lint', 'dead', 'dist'].map(check), suite('unit')]],
  [[suite('integration', 'e2e')]],
]

const { part, shard } = readWords()
const folder = mkdtempSync(join(tmpdir(), 'tributary-all-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
for (const [signal, status] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
]))
  process.once(signal, () => {
    for (const child of running) child.kill(signal)
    process.exit(status)
  })
const begun = Date.now()
/** @type {Count[]} */
const counts = []
for (const lanes of part === undefined ? WHOLE : [PARTS[part] ?? []]) {
  const alone = lanes.length === 1
  await Promise.all(lanes.map((steps) => runLane(steps, alone)))
}
const total = sum(counts)

console.log(`\n${seconds(begun)} s${cpuSeconds()}, on a machine of pace ${Number(env.TRIBUTARY_PACE).toFixed(1)}`)
if (part === undefined && seconds(begun) > LIMIT_SECONDS * Number(env.TRIBUTARY_PACE))
  console.log(`That is more than the ${LIMIT_SECONDS} s, times the pace, that all of it should take.`)
if (total.skipped > 0) console.log(skippedLine(total))
if (total.nightly > 0) console.log(nightlyLine(total))
for (const failure of failureLines(total)) console.log(failure)
const line = closingLine(total)
// Who asks for a file says the line, once, at the very end.
if (process.env.TRIBUTARY_COUNTS === undefined) console.log(line)
else writeFileSync(process.env.TRIBUTARY_COUNTS, `${line}\n`)
process.exitCode = total.failed === 0 ? 0 : 1

/**
 * @param {Step[]} steps
 * @param {boolean} alone whether no other lane runs beside it
 */
async function runLane(steps, alone) {
  for (const step of steps) counts.push(await step(alone))
}

/**
 * @param {string} name of a script in package.json
 * @returns {Step}
 */
function check(name) {
  return async (alone) => {
    const well = await run(name, ['npm', 'run', '--silent', name], alone)
    return well ? PASSED_CHECK : failedCheck(`npm run ${name}`)
  }
}

/**
 * @param {string[]} projects of vitest
 * @returns {Step}
 */
function suite(...projects) {
  return async (alone) => {
    const report = join(folder, `${projects.join('-')}.json`)
    const words = ['vitest', 'run', ...projects.flatMap((project) => ['--project', project])]
    // These replace the reporters of the configuration: what was skipped is said once, at the end of all.
    const reporters = ['default', 'json'].map((name) => `--reporter=${name}`)
    const split = shard === undefined ? [] : [`--shard=${shard}`]
    const rest = ['--tags-filter', `!${NIGHTLY}`]
    const command = ['npx', ...words, ...rest, ...reporters, `--outputFile.json=${report}`, ...split]
    const well = await run(projects.join(' and '), command, alone)
    return countOf(read(report), well, projects.join(' and '))
  }
}

/**
 * What it prints is shown at once if it runs alone, else when it has ended: two side by side would mix their lines.
 * @param {string} name
 * @param {string[]} words
 * @param {boolean} alone
 * @returns {Promise<boolean>}
 */
async function run(name, [program = '', ...words], alone) {
  const began = Date.now()
  if (alone) console.log(`\n== ${name}`)
  const output = alone ? 'inherit' : 'pipe'
  const child = spawn(program, words, { cwd: root, env, stdio: ['ignore', output, output] })
  running.add(child)
  /** @type {Buffer[]} */
  const said = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(chunk))
  const status = await new Promise((resolve) => {
    child.once('error', () => resolve(127))
    child.once('close', resolve)
  })
  running.delete(child)
  if (!alone) console.log(`\n== ${name}\n${Buffer.concat(said).toString('utf8').trimEnd()}`)
  console.log(`== ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${seconds(began)} s`)
  return status === 0
}

/** Of all that has run, where the system tells: Linux does, in hundredths. */
function cpuSeconds() {
  const fields = read('/proc/self/stat')?.split(') ').at(-1)?.split(' ')
  if (fields === undefined) return ''
  const [user = 0, system = 0] = fields.slice(13, 15).map(Number)
  return `, ${Math.round((user + system) / 100)} CPU seconds`
}

/** @param {number} since */
function seconds(since) {
  return Math.round((Date.now() - since) / 1000)
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function readWords() {
  const { values } = parseArgs({ options: { part: { type: 'string' }, shard: { type: 'string' } } })
  const names = Object.keys(PARTS)
  if (values.part !== undefined && !names.includes(values.part)) {
    console.error(`--part ${values.part}: there are ${names.join(', ')}`)
    process.exit(2)
  }
  return values
}
