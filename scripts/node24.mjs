// @ts-check
// The runner of GitHub starts the action with Node 24, while developers may have Node 20: the demo, once, under 24.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

const VERSION = '24.9.0'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'node_modules', '.cache', 'tributary', `node-${VERSION}`)
const binary = join(folder, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')

if (!existsSync(binary)) install()
const version = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim()
console.log(`the demo under Node ${version}`)
const place = mkdtempSync(join(tmpdir(), 'tributary-node24-'))
const { status } = spawnSync(binary, [join(root, 'dist', 'cli.js'), 'demo', '--folder', place], {
  // The commands of tasks find their node in the path.
  env: { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH}` },
  stdio: ['ignore', 'inherit', 'inherit'],
})
rmSync(place, { recursive: true, force: true })
process.exitCode = status ?? 1

function install() {
  const words = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-audit',
    '--no-fund',
    `node-linux-${process.arch}@${VERSION}`,
  ]
  execFileSync('npm', words, { stdio: ['ignore', 'inherit', 'inherit'] })
}
