import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../support/git.ts'

const PREPARE = join(import.meta.dirname, '..', '..', '.ci', 'prepare')

/** What is typed where only these programs are there, besides those that every machine has. */
function preparedWith(...there: string[]) {
  const bin = tempDir()
  const log = join(bin, 'typed')
  for (const name of ['bash', 'cat', 'env', 'id', 'sh']) symlinkSync(pathOf(name), join(bin, name))
  const script = (name: string, text: string) => writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  for (const name of there) script(name, `echo "${name} $*" >> ${log}`)
  script('sudo', 'shift\nexec "$@"')
  script('sysctl', ':')
  const { status, stderr } = spawnSync('bash', [PREPARE], { env: { PATH: bin }, encoding: 'utf8' })
  return { status, stderr, typed: existsSync(log) ? readFileSync(log, 'utf8') : '' }
}

/** What the network of a test takes. */
const OTHERS = ['ip', 'openssl', 'curl']

const pathOf = (name: string): string =>
  spawnSync('bash', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim()

it('installs what is missing, and asks first which packages there are', () => {
  expect(preparedWith('git', ...OTHERS, 'chromium', 'apt-get')).toEqual({
    status: 0,
    stderr: '',
    typed: 'apt-get update -qq\napt-get install -y -qq bubblewrap\n',
  })
})

it('installs nothing that is there, and takes any browser that can show the pages', () => {
  for (const browser of ['chromium', 'google-chrome'])
    expect(preparedWith('git', 'bwrap', ...OTHERS, browser, 'apt-get')).toEqual({ status: 0, stderr: '', typed: '' })
})

it('names what to install if it cannot do so', () => {
  expect(preparedWith('git', ...OTHERS, 'chromium')).toEqual({
    status: 1,
    stderr: 'Install bubblewrap: there is no apt-get here to do it.\n',
    typed: '',
  })
})
