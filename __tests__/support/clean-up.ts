import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runningProcesses } from './processes.ts'

const PATIENCE_MS = 5000

/**
 * All temporary folders of a run of tests lie in one, which goes when the run ends, whether its tests passed or not. A
 * process that still lives in it is ended and named, and fails the run: no test may leave one behind.
 */
export default function setUp(): () => Promise<void> {
  const before = process.env.TMPDIR
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'tributary-tests-')))
  process.env.TMPDIR = root
  return async () => {
    const inside = () => runningProcesses().filter(({ cwd }) => cwd?.startsWith(root))
    // What reads from the process that ran the tests ends a moment after it.
    const limit = Date.now() + PATIENCE_MS
    while (inside().length > 0 && Date.now() < limit) await sleep(20)
    const left = inside()
    for (const { pid } of left) end(pid)
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(root, { recursive: true, force: true, maxRetries: 5 })
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
