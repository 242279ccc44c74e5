import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Kills all descendants of a process, in any process group, but not the process itself. */
export function killDescendants(pid: number, platform: string = process.platform): void {
  const stopped = new Set<number>()
  // A stopped process starts no others: when no new descendant appears, all are found.
  for (
    let found = descendantsOf(pid, platform);
    found.some((one) => !stopped.has(one));
    found = descendantsOf(pid, platform)
  ) {
    for (const one of found) {
      stopped.add(one)
      send(one, 'SIGSTOP')
    }
  }
  for (const one of stopped) send(one, 'SIGKILL')
}

function descendantsOf(pid: number, platform: string): number[] {
  const parents = parentsOfAll(platform)
  const found: number[] = []
  for (let above = [pid]; above.length > 0; ) {
    const below = parents.flatMap(([child, parent]) => (above.includes(parent) ? [child] : []))
    found.push(...below)
    above = below
  }
  return found
}

/** Every process of the machine that still runs, with its parent. */
const parentsOfAll = (platform: string): [number, number][] => (platform === 'linux' ? fromProc() : fromPs())

function fromProc(): [number, number][] {
  return readdirSync('/proc').flatMap((name): [number, number][] => {
    // The program's name is in parentheses, and may contain parentheses itself.
    const [, state, parent] = /\) (\S) (\d+) [^)]*$/.exec(/^\d+$/.test(name) ? statOf(name) : '') ?? []
    return parent === undefined || state === 'Z' ? [] : [[Number(name), Number(parent)]]
  })
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}

function fromPs(): [number, number][] {
  const listed = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,state='], { encoding: 'utf8' })
  return listed.stdout.split('\n').flatMap((line): [number, number][] => {
    const [, pid, parent, state = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)/.exec(line) ?? []
    // `ps` lists itself too, but has exited by now.
    const isOver = state.startsWith('Z') || Number(pid) === listed.pid
    return pid === undefined || isOver ? [] : [[Number(pid), Number(parent)]]
  })
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself.
  }
}
