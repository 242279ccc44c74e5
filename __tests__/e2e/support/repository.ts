import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LOCAL_ACTION, workflowFor } from '../../../src/cli/workflow-file.ts'

export const ROOT = join(import.meta.dirname, '..', '..', '..')

/** Quick looks and pushes: loopback has no limits to be polite about. */
export const SETTINGS = `
slots: { start: 4, cap: 8, idle_seconds: 30 }
limits: { pushes_per_minute: 6000, status_seconds: 1, poll_seconds: 0.1 }
`

/**
 * The worker program of most tests: writes `<task>/done.txt`, and does, when told, one of the things that workers must not.
 * `node tools/work.mjs TASK [milliseconds] [misdeed]`
 */
const WORK = `
import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
const [task, milliseconds = '0', misdeed = ''] = process.argv.slice(2)
await new Promise((resolve) => setTimeout(resolve, Number(milliseconds)))
mkdirSync(task, { recursive: true })
writeFileSync(task + '/done.txt', 'done by ' + task + '\\n' + (process.env.TRIBUTARY_NOTES ?? ''))
const misdeeds = {
  fails: () => process.exit(3),
  'fails-until-told': () => (process.env.TRIBUTARY_NOTES ? 0 : process.exit(4)),
  outside: () => writeFileSync('elsewhere.txt', 'not mine'),
  symlink: () => symlinkSync('/etc/passwd', task + '/link'),
  workflow: () => { mkdirSync('.github/workflows', { recursive: true }); writeFileSync('.github/workflows/evil.yml', 'on: push') },
  hangs: () => new Promise((resolve) => setTimeout(resolve, 3_600_000)),
  leaks: () => { const all = JSON.stringify(process.env) + readable('/proc/1/environ') + readable('/proc/self/environ') + readable('.git/config'); console.log(all); writeFileSync(task + '/env.txt', all) },
  shared: () => appendFileSync('shared.txt', 'line of ' + task + '\\n'),
}
function readable(path) { try { return readFileSync(path, 'utf8') } catch { return '' } }
await misdeeds[misdeed]?.()
`

/** Acceptance: the task's own file, and those of the tasks named after it, are there. */
const CHECK = `
import { existsSync } from 'node:fs'
const missing = process.argv.slice(2).filter((task) => !existsSync(task + '/done.txt'))
if (missing.length > 0) { console.error('missing: ' + missing.join(', ')); process.exit(1) }
console.log('all there: ' + process.argv.slice(2).join(', '))
`

/** A checkout with the shipped workflow, ready to become a repository on the hub. */
export function makeRepository(folder: string, files: Readonly<Record<string, string>> = {}): string {
  const all: Record<string, string> = {
    'README.md': '# A repository\n',
    'shared.txt': 'first line\n',
    'tools/work.mjs': WORK,
    'tools/check.mjs': CHECK,
    '.github/tributary.yml': SETTINGS,
    '.github/workflows/tributary.yml': workflowFor(LOCAL_ACTION),
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  commitAll(folder, 'Begin')
  return folder
}

export const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()

function commitAll(folder: string, subject: string): void {
  git(folder, 'init', '--quiet', '--initial-branch=main')
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--message', subject)
}
