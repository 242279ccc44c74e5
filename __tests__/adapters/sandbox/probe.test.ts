import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Machine } from '../../../src/adapters/sandbox/advice.ts'
import { hostOf } from '../../../src/adapters/sandbox/host.ts'
import { probeSandbox } from '../../../src/adapters/sandbox/probe.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import { needsSandbox, testHost } from '../../support/sandbox.ts'

const NO_LIMITS = defaultSettings.limits
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

const ubuntu: Machine = {
  platform: 'linux',
  isRoot: false,
  systems: ['ubuntu', 'debian'],
  forbidding: ['kernel.apparmor_restrict_unprivileged_userns=0'],
}
const INSTALL = ['sudo apt-get update', 'sudo apt-get install -y bubblewrap']
const ALLOW = 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'

const detailOf = async (probe: ReturnType<typeof probeSandbox>) => {
  const answer = await probe
  return answer.ok ? `${answer.sandbox.name} runs` : [answer.detail, ...answer.fix].join('; ')
}

it('runs a command in the real one before it answers, and leaves nothing behind', needsSandbox, async () => {
  const detail = await detailOf(probeSandbox('bubblewrap', { ...testHost(), temp: folder }, NO_LIMITS, plain))
  expect(detail).toMatch(/^bubblewrap [0-9.]+ runs$/)
  expect(readdirSync(folder)).toEqual([])
})

it('says that it is not installed, with the commands that fix that; nothing less takes its place', async () => {
  const host = { ...testHost(), path: folder }
  expect(await probeSandbox('bubblewrap', host, NO_LIMITS, plain, { machine: async () => ubuntu })).toEqual({
    ok: false,
    detail: 'bubblewrap is not installed',
    fix: [...INSTALL, ALLOW],
  })
})

it('says that there is none for this system, where no command would help', async () => {
  const host = { ...testHost(), path: folder }
  const mac: Machine = { platform: 'darwin', isRoot: false, systems: [], forbidding: [] }
  expect(await probeSandbox('bubblewrap', host, NO_LIMITS, plain, { machine: async () => mac })).toEqual({
    ok: false,
    detail: 'there is no sandbox for macOS yet',
    fix: [],
  })
})

it('if it cannot run, says why in its own words', async () => {
  const why = 'bwrap: setting up uid map: Permission denied'
  const host = forbidden(`[ "$1" = --version ] && echo bubblewrap 9.8.7 && exit; echo ${why} >&2; exit 1`)
  expect(await probeSandbox('bubblewrap', host, NO_LIMITS, plain, { machine: async () => ubuntu })).toEqual({
    ok: false,
    detail: `bubblewrap 9.8.7 cannot run a command here: ${why}`,
    fix: [ALLOW],
  })
  expect(readdirSync(folder)).toEqual(['bin'])
})

it('is off only where the settings say so by name', async () => {
  expect(await detailOf(probeSandbox('off', { ...testHost(), path: folder }, NO_LIMITS, plain))).toBe('off runs')
})

it("reads of a job's environment what it needs: no relative folder of PATH, the runner's folder hidden", () => {
  const host = hostOf({ PATH: '/usr/bin:.:bin::/bin', HOME: '/h', RUNNER_TEMP: '/t', JAVA_HOME: '/j', SECRET: 's' }, [
    '/a',
  ])
  expect(host).toMatchObject({ path: '/usr/bin:/bin', hide: ['/t', '/a'], temp: '/t' })
  expect(host.homes).toContain('/h')
  expect(host.toolchains).toEqual({ JAVA_HOME: '/j' })
})
