import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { killDescendants } from '../../../src/hub/runner/process/descendants.ts'

/** Prints its pid and that of a child in a group of its own, and waits. */
const PARENT = `
const { spawn } = require('node:child_process')
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' })
console.log(process.pid, child.pid)
setInterval(() => {}, 1000)
`

const hasPs = spawnSync('ps', ['-A']).status === 0

/** A process that has ended and was not waited for yet does not run. */
function running(pid: number): boolean {
  const stat = existsSync('/proc/self')
    ? spawnSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' }).stdout.replace(/^.*\) /s, '')
    : spawnSync('ps', ['-o', 'state=', '-p', `${pid}`], { encoding: 'utf8' }).stdout
  return stat !== '' && !stat.startsWith('Z')
}

async function endsAll(platform: string) {
  const outer = spawn(process.execPath, ['-e', PARENT], { detached: true })
  const [said] = await once(outer.stdout, 'data')
  const [parent = 0, child = 0] = String(said).trim().split(' ').map(Number)
  expect([running(parent), running(child)]).toEqual([true, true])
  killDescendants(parent, platform)
  while (running(child)) await new Promise((done) => setImmediate(done))
  expect(running(parent)).toBe(true)
  killDescendants(process.pid, platform)
  await once(outer, 'exit')
}

it('ends what a process started, and what that started in a group of its own', () => endsAll(process.platform))

it('does so without /proc too', hasPs ? {} : { skip: true, meta: { skippedFor: 'ps is not installed' } }, () =>
  endsAll('darwin'),
)
