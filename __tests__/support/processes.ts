import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

export interface RunningProcess {
  pid: number
  /** The command line, words apart by spaces. */
  args: string
  /** Where it works; only Linux tells. */
  cwd: string | null
}

/** All processes of the machine that have not ended. Linux tells without `ps`, which a small image may not have. */
export const runningProcesses = (): RunningProcess[] => (process.platform === 'linux' ? fromProc() : fromPs())

function fromProc(): RunningProcess[] {
  return readdirSync('/proc').flatMap((name) => {
    const folder = join('/proc', name)
    const [, state] =
      /\) (\S) /.exec(/^\d+$/.test(name) ? (read(() => readFileSync(join(folder, 'stat'), 'utf8')) ?? '') : '') ?? []
    // One that has ended stays in the list until its exit code is asked for.
    if (state === undefined || state === 'Z') return []
    const args = read(() => readFileSync(join(folder, 'cmdline'), 'utf8')) ?? ''
    return [
      {
        pid: Number(name),
        args: args.replaceAll('\0', ' ').trim(),
        cwd: read(() => readlinkSync(join(folder, 'cwd'))),
      },
    ]
  })
}

/** Null if the process has ended meanwhile, or is another user's. */
function read(look: () => string): string | null {
  try {
    return look()
  } catch {
    return null
  }
}

function fromPs(): RunningProcess[] {
  const { stdout } = spawnSync('ps', ['-Aww', '-o', 'pid=,state=,args='], { encoding: 'utf8' })
  return stdout.split('\n').flatMap((line) => {
    const [, pid, state = 'Z', args = ''] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    return pid === undefined || state.startsWith('Z') ? [] : [{ pid: Number(pid), args, cwd: null }]
  })
}
