import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runningProcesses } from './processes.ts'

/**
 * All temporary folders of a run of tests lie in one, which goes when the run ends, whether its tests passed or not. A
 * process that still lives in it is ended and named, and fails the run: no test may leave one behind.
 */
export default function setUp(): () => void {
  const before = process.env.TMPDIR
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'tributary-tests-')))
  process.env.TMPDIR = root
  return () => {
    const left = runningProcesses().filter(({ cwd }) => cwd?.startsWith(root))
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
