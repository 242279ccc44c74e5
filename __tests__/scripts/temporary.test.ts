import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { temporaryRoot } from '../../scripts/temporary.mjs'

const PREFIX = 'tributary-x-'
const HOURS_AGO = new Date(Date.now() - 2 * 3_600_000)

let memory: string
beforeEach(() => {
  memory = mkdtempSync(join(tmpdir(), 'memory-'))
  vi.stubEnv('TMPDIR', '')
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(memory, { recursive: true })
})

/** What a process with this id made, long ago or now. */
function leave(pid: number | undefined, isOld = true): string {
  const name = `${PREFIX}${pid}-abc`
  mkdirSync(join(memory, name))
  if (isOld) utimesSync(join(memory, name), HOURS_AGO, HOURS_AGO)
  return name
}

const enough = () => {
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > 2e9
}

it('lies in memory, and takes away what a dead process left there long ago, but nothing else', (test) => {
  test.skip(!enough(), 'less than 2 GB are free')
  const [dead, justDead] = [spawnSync('true').pid, spawnSync('true').pid]
  const gone = leave(dead)
  const stays = [leave(justDead, false), leave(process.ppid), 'tributary-y-1-abc']
  mkdirSync(join(memory, 'tributary-y-1-abc'))
  const root = temporaryRoot(PREFIX, memory)
  expect(dirname(root)).toBe(memory)
  expect(readdirSync(memory).toSorted()).toEqual([...stays, basename(root)].toSorted())
  expect(readdirSync(memory)).not.toContain(gone)
})

it('lies elsewhere if there is no such file system, or TMPDIR names a place', () => {
  const none = temporaryRoot(PREFIX, join(memory, 'none'))
  vi.stubEnv('TMPDIR', memory)
  const named = temporaryRoot(PREFIX, '/dev/shm')
  expect([dirname(none) === memory, dirname(named) === memory]).toEqual([false, true])
  rmSync(none, { recursive: true })
})
