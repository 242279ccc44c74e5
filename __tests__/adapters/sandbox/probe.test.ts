import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { hostOf } from '../../../src/adapters/sandbox/host.ts'
import { MEND, probeSandbox } from '../../../src/adapters/sandbox/probe.ts'
import { testHost } from '../../support/sandbox.ts'

const plain = (text: string) => text
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-probe-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A bubblewrap as it behaves on a machine that forbids it user namespaces. */
function forbidden(script: string) {
  mkdirSync(join(folder, 'bin'))
  writeFileSync(join(folder, 'bin/bwrap'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return { ...testHost(), path: `${folder}/bin:/usr/bin:/bin`, temp: folder }
}

const detailOf = async (probe: ReturnType<typeof probeSandbox>) => {
  const answer = await probe
  return answer.ok ? `${answer.sandbox.name} runs` : answer.detail
}

it('runs a command in the real one before it answers, and leaves nothing behind', async () => {
  const detail = await detailOf(probeSandbox('bubblewrap', { ...testHost(), temp: folder }, plain))
  expect(detail).toMatch(/^bubblewrap [0-9.]+ runs$/)
  expect(readdirSync(folder)).toEqual([])
})

it('where it is not installed, says so and names the two lines that mend it; nothing less takes its place', async () => {
  const detail = await detailOf(probeSandbox('bubblewrap', { ...testHost(), path: folder }, plain))
  expect(detail).toContain('not installed')
  for (const line of MEND) expect(detail.split('\n')).toContain(line)
})

it('where it cannot run, says why in its own words', async () => {
  const why = 'bwrap: setting up uid map: Permission denied'
  const host = forbidden(`[ "$1" = --version ] && echo bubblewrap 9.8.7 && exit; echo ${why} >&2; exit 1`)
  const detail = await detailOf(probeSandbox('bubblewrap', host, plain))
  expect(detail).toContain(`bubblewrap 9.8.7 cannot run a command here: ${why}`)
  expect(detail).toContain(MEND[1])
})

it('is off only where the settings say so by name', async () => {
  expect(await detailOf(probeSandbox('off', { ...testHost(), path: folder }, plain))).toBe('off runs')
})

it("reads of a job's environment what it needs: no relative folder of PATH, the runner's folder hidden", () => {
  const host = hostOf({ PATH: '/usr/bin:.:bin::/bin', HOME: '/h', RUNNER_TEMP: '/t', JAVA_HOME: '/j', SECRET: 's' }, [
    '/a',
  ])
  expect(host).toMatchObject({ path: '/usr/bin:/bin', hide: ['/t', '/a'], temp: '/t' })
  expect(host.homes).toContain('/h')
  expect(host.toolchains).toEqual({ JAVA_HOME: '/j' })
})
