// @ts-check
// The runner of GitHub starts the action with Node 24, while developers may have Node 20: the demo, once, under 24, and a
// look at what it shows and leaves.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { temporaryRoot } from './temporary.mjs'

const VERSION = '24.9.0'
/** The systems for which npm has Node itself. */
const PLATFORMS = ['linux', 'darwin']

const root = join(import.meta.dirname, '..')
const binary = node24()
if (binary === null) console.log(`npm has no Node ${VERSION} for ${process.platform}: the demo under it is left out`)
else await play(binary)

/** @param {string} node */
async function play(node) {
  console.log(`the demo under Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`)
  const place = join(temporaryRoot('tributary-node24-'), 'demo')
  try {
    const child = spawn(node, [join(root, 'dist', 'cli.js'), 'demo', '--folder', place], {
      // The commands of tasks find their node in the path.
      env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let shown = ''
    child.stdout.on('data', (/** @type {Buffer} */ text) => {
      process.stdout.write(text)
      shown += text
    })
    const [code] = await once(child, 'close')
    assert.equal(code, 0, `the demo ends with ${code}`)
    look(shown, join(place, 'hub', 'repository.git'))
  } finally {
    rmSync(dirname(place), { recursive: true, force: true })
  }
}

/**
 * @param {string} shown
 * @param {string} repository
 */
function look(shown, repository) {
  const lines = shown.trimEnd().split('\n')
  assert.match(lines.at(-1) ?? '', /^12 tasks in .+ on \d+ slots?; main passes its 28 tests\.$/)
  assert.equal(lines.filter((line) => /^ *[0-9.]+ s {2}landed {5}/.test(line)).length, 11, 'each task lands once')
  assert.match(shown, /No: outsider has read permission here/)
  // Not both, and not neither: what the demo says at its start is what the jobs found.
  assert.notEqual(
    shown.includes('No sandbox: '),
    /^The commands of the tasks ran in bubblewrap [0-9.]+\.$/m.test(shown),
  )
  const journal = execFileSync('git', ['-C', repository, 'log', '--format=%b', 'refs/tributary/1/log'], {
    encoding: 'utf8',
  })
  assert.match(journal, /"type":"final_pull_merged"|"type":"run_finished"/)
  for (const ofAgents of ['"type":"task_planned"', '"handOff"', '"role":"work"'])
    assert.ok(!journal.includes(ofAgents), `a plan by hand asks no model: ${ofAgents}`)
}

/** Ours if it is one, else npm's, installed once; null if npm has none for this system. */
function node24() {
  if (process.versions.node.startsWith('24.')) return process.execPath
  if (!PLATFORMS.includes(process.platform)) return null
  const name = `node-${process.platform}-${process.arch}`
  const folder = join(root, 'node_modules', '.cache', 'tributary', `node-${VERSION}`)
  const node = join(folder, 'node_modules', name, 'bin', 'node')
  if (!existsSync(node)) {
    const words = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `${name}@${VERSION}`]
    execFileSync('npm', words, { stdio: ['ignore', 'inherit', 'inherit'] })
  }
  return node
}
