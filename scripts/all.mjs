// @ts-check
// Everything that CI runs, one after the other, and in the end how much of it passed. A part that fails stops no other.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closingLine, countOf, skippedLine, sum } from './counts.mjs'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'tributary-all-'))

const checks = ['types', 'lint', 'dead', 'dist', 'test:node24']
const suites = ['test:unit', 'test:integration', 'test:e2e']

const counts = [...checks.map(check), ...suites.map(suite)]
const total = sum(counts)
rmSync(folder, { recursive: true, force: true })

if (total.skipped > 0) console.log(skippedLine(total))
const line = closingLine(total)
// Who asks for a file says the line, once, at the very end.
if (process.env.TRIBUTARY_COUNTS === undefined) console.log(line)
else writeFileSync(process.env.TRIBUTARY_COUNTS, `${line}\n`)
process.exitCode = total.failed === 0 ? 0 : 1

/** @param {string} name */
function check(name) {
  const well = run(name, [])
  return { passed: well ? 1 : 0, failed: well ? 0 : 1, skipped: 0, why: [] }
}

/** @param {string} name */
function suite(name) {
  const report = join(folder, `${name.replace(':', '-')}.json`)
  const well = run(name, ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`])
  return countOf(read(report), well)
}

/**
 * @param {string} name
 * @param {string[]} words
 */
function run(name, words) {
  console.log(`\n== ${name}`)
  const began = Date.now()
  const { status } = spawnSync('npm', ['run', '--silent', name, '--', ...words], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  console.log(`== ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${Math.round((Date.now() - began) / 1000)} s`)
  return status === 0
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
