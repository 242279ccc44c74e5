import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * All temporary folders of a run of tests lie in one, which goes when the run ends, whether its tests passed or not. A
 * process that still lives in it is ended and named, and fails the run: no test may leave one behind.
 */
export default function setUp(): () => void {
  const before = process.env.TMPDIR
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'tributary-tests-')))
  process.env.TMPDIR = root
  return () => {
    const left = processesIn(root)
    for (const { pid } of left) process.kill(pid, 'SIGKILL')
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(root, { recursive: true, force: true, maxRetries: 5 })
    if (left.length > 0) throw new Error(`tests left processes behind:\n${left.map(({ words }) => words).join('\n')}`)
  }
}

/** Only Linux tells where a process works. */
function processesIn(root: string): { pid: number; words: string }[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && worksIn(name, root))
    .map((name) => ({
      pid: Number(name),
      words: execFileSync('ps', ['-o', 'args=', '-p', name], { encoding: 'utf8' }),
    }))
}

function worksIn(pid: string, root: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(root)
  } catch {
    return false
  }
}
