import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { temporaryRoot } from '../../scripts/temporary.mjs'
import { runningProcesses } from './processes.ts'
import { removeLocked } from './remove-locked.ts'

const PATIENCE_MS = 5000

/**
 * All temporary folders of a run of tests lie in one, or in a second on disk; both go when the run ends, whether its tests
 * passed or not. A process that still lives in them is ended and named, and fails the run: no test may leave one behind.
 */
export default function setUp(): () => Promise<void> {
  // Vitest calls it for the whole, and for each project again.
  if (process.env.TRIBUTARY_DISK !== undefined) return async () => {}
  const before = process.env.TMPDIR
  const disk = realpathSync(mkdtempSync(join(tmpdir(), 'tributary-tests-')))
  const root = temporaryRoot('tributary-tests-')
  process.env.TRIBUTARY_DISK = disk
  process.env.TMPDIR = root
  return async () => {
    const inside = () => runningProcesses().filter(({ cwd }) => cwd?.startsWith(root) || cwd?.startsWith(disk))
    // What reads from the process that ran the tests ends a moment after it.
    const limit = Date.now() + PATIENCE_MS
    while (inside().length > 0 && Date.now() < limit) await sleep(20)
    const left = inside()
    for (const { pid } of left) end(pid)
    delete process.env.TRIBUTARY_DISK
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    for (const folder of [root, disk]) removeLocked(folder)
    if (left.length > 0) throw new Error(`tests left processes behind:\n${left.map(({ args }) => args).join('\n')}`)
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
