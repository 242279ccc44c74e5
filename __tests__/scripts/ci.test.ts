import { execFileSync, spawnSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../support/git.ts'

const RUN = join(import.meta.dirname, '..', '..', '.ci', 'run')

/** The script with an npm that only does as it is told: what comes before and after the real one. */
function runWith(npm: { ci: number; test: number; counts: string | null }) {
  const bin = tempDir()
  // What it would install, or change on the machine, it finds here.
  for (const name of ['git', 'bwrap', 'ip', 'openssl', 'curl', 'chromium', 'apt-get', 'sysctl', 'sudo'])
    writeFileSync(join(bin, name), '#!/bin/sh\n', { mode: 0o755 })
  const says = npm.counts === null ? ':' : `echo '${npm.counts}' > "$TRIBUTARY_COUNTS"`
  const script = `#!/bin/sh\nif [ "$1" = ci ]; then exit ${npm.ci}; fi\n${says}\nexit ${npm.test}\n`
  writeFileSync(join(bin, 'npm'), script, { mode: 0o755 })
  const env = { PATH: `${bin}:${process.env.PATH}`, CI: 'true', TMPDIR: bin }
  const { status, stdout } = spawnSync('bash', [RUN], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
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

it('installs what is missing, bubblewrap too, before it runs anything', () => {
  const bin = tempDir()
  for (const tool of ['bash', 'cat', 'dirname', 'env', 'mktemp', 'rm', 'tail'])
    symlinkSync(execFileSync('which', [tool], { encoding: 'utf8' }).trim(), join(bin, tool))
  const script = (name: string, text: string) => writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  script('apt-get', 'echo apt-get "$@"')
  script('id', 'echo 0')
  script('sysctl', ':')
  script('npm', '[ "$1" = ci ] && echo npm ci || echo "7 passed, 0 failed" > "$TRIBUTARY_COUNTS"')
  const { stdout } = spawnSync('bash', [RUN], { env: { PATH: bin, TMPDIR: bin }, encoding: 'utf8' })
  expect(stdout.trimEnd().split('\n')).toEqual([
    'apt-get update -qq',
    'apt-get install -y -qq git bubblewrap iproute2 openssl curl chromium',
    'npm ci',
    '7 passed, 0 failed',
  ])
})

it('takes a run that counted nothing for one that failed', () => {
  expect(runWith({ ci: 0, test: 0, counts: null })).toEqual({ status: 1, last: '0 passed, 1 failed' })
})
