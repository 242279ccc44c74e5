import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../support/git.ts'

const CI = join(import.meta.dirname, '..', '..', '.ci')

/** The script with an npm that only does as it is told: what comes before and after the real one. */
function runWith(npm: { ci: number; test: number; counts: string | null }) {
  const bin = tempDir()
  const says = npm.counts === null ? ':' : `echo '${npm.counts}' > "$TRIBUTARY_COUNTS"`
  const script = `#!/bin/sh\nif [ "$1" = ci ]; then exit ${npm.ci}; fi\n${says}\nexit ${npm.test}\n`
  writeFileSync(join(bin, 'npm'), script, { mode: 0o755 })
  // Nothing is missing, and the machine stays as it is.
  for (const name of ['bwrap', 'sudo', 'sysctl']) writeFileSync(join(bin, name), '#!/bin/sh\n', { mode: 0o755 })
  const env = { PATH: `${bin}:${process.env.PATH}`, CI: 'true', TMPDIR: bin }
  const { status, stdout } = spawnSync('bash', [join(CI, 'run')], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return { status, last: stdout.trimEnd().split('\n').at(-1) }
}

it('ends with the count, and with 0 where all passed', () => {
  expect(runWith({ ci: 0, test: 0, counts: '7 passed, 0 failed' })).toEqual({ status: 0, last: '7 passed, 0 failed' })
})

it('ends with the count where something failed', () => {
  expect(runWith({ ci: 0, test: 1, counts: '6 passed, 1 failed' })).toEqual({ status: 1, last: '6 passed, 1 failed' })
})

it('ends with a count where the packages could not be installed', () => {
  expect(runWith({ ci: 3, test: 0, counts: null })).toEqual({ status: 3, last: '0 passed, 1 failed' })
})

it('takes a run that counted nothing for one that failed', () => {
  expect(runWith({ ci: 0, test: 0, counts: null })).toEqual({ status: 1, last: '0 passed, 1 failed' })
})

/** What is typed as root where only these programs are there, besides those that every machine has. */
function prepared(...there: string[]) {
  const bin = tempDir()
  for (const name of ['bash', 'cat', 'env', 'id', 'sh']) symlinkSync(pathOf(name), join(bin, name))
  for (const name of there)
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${join(bin, 'typed')}\n`, { mode: 0o755 })
  writeFileSync(join(bin, 'sudo'), '#!/bin/sh\nshift\nexec "$@"\n', { mode: 0o755 })
  const { status, stderr } = spawnSync('bash', [join(CI, 'prepare')], { env: { PATH: bin }, encoding: 'utf8' })
  const typed = existsSync(join(bin, 'typed')) ? readFileSync(join(bin, 'typed'), 'utf8').trim().split('\n') : []
  return { status, stderr, typed: typed.filter((line) => !line.startsWith('sysctl')) }
}

const pathOf = (name: string): string =>
  spawnSync('bash', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim()

it('installs the sandbox if it is missing, after it has asked which packages there are', () => {
  expect(prepared('git', 'apt-get', 'sysctl')).toMatchObject({
    status: 0,
    typed: ['apt-get update -qq', 'apt-get install -y -qq bubblewrap'],
  })
})

it('installs nothing that is there', () => {
  expect(prepared('git', 'bwrap', 'apt-get', 'sysctl')).toMatchObject({ status: 0, typed: [] })
})

it('names what to install where it cannot do it', () => {
  expect(prepared('git', 'sysctl')).toMatchObject({
    status: 1,
    stderr: 'Install bubblewrap: there is no apt-get here to do it.\n',
  })
})
