// @ts-check
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** @typedef {import('./table.mjs').Row} Row */

/** As src/adapters/sandbox/bubblewrap.ts starts a command: its namespaces, its rights, its mounts of the system. */
const SANDBOX = [
  ...['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
  ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
]

const RESTRICTION = '/proc/sys/kernel/apparmor_restrict_unprivileged_userns'
const PROFILES = '/etc/apparmor.d'

/**
 * What the machine that this runs on lets the sandbox do.
 * @returns {Row[]}
 */
export function probeImage() {
  return [
    { question: 'Which image is it?', answer: fromRelease('PRETTY_NAME'), evidence: run('uname', ['-sr']).said },
    answered('Is bubblewrap there?', run('bwrap', ['--version'])),
    answered('Does a command run in the sandbox?', run('bwrap', [...SANDBOX, '--', 'true'])),
    { question: 'Are namespaces restricted to some programs?', ...restriction() },
    { question: 'Is there an AppArmor profile for it?', ...profile() },
  ]
}

/**
 * @param {string} question
 * @param {{ ok: boolean, said: string }} ran
 * @returns {Row}
 */
const answered = (question, { ok, said }) => ({ question, answer: ok ? 'yes' : 'no', evidence: said })

/**
 * @param {string} file
 * @param {readonly string[]} args
 */
function run(file, args) {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8', timeout: 20_000 })
  const said = error === undefined ? `${stderr}\n${stdout}` : error.message
  return { ok: status === 0, said: status === 0 ? said : `exit code ${status}\n${said}` }
}

function restriction() {
  if (!existsSync(RESTRICTION)) return { answer: 'no', evidence: `${RESTRICTION} is not there` }
  const value = readFileSync(RESTRICTION, 'utf8').trim()
  return { answer: value === '0' ? 'no' : 'yes', evidence: `${RESTRICTION} is ${value}` }
}

function profile() {
  const found = (existsSync(PROFILES) ? readdirSync(PROFILES) : []).filter((name) => /bwrap|bubblewrap/.test(name))
  return { answer: found.length > 0 ? 'yes' : 'no', evidence: `${PROFILES}: ${found.join(', ') || 'none'}` }
}

/** @param {string} key of /etc/os-release */
function fromRelease(key) {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''
  return new RegExp(`^${key}="?([^"\\n]*)`, 'm').exec(text)?.[1] ?? process.platform
}
