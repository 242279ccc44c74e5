import { readdirSync, readFileSync } from 'node:fs'

/**
 * Kills every process whose environment has this variable, on Linux, which alone shows it. That finds processes that left their
 * group or lost their parent; one that changed its environment escapes.
 */
export function killMarked(name: string, value: string): void {
  if (process.platform !== 'linux') return
  for (const pid of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const isMarked = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${name}=${value}`)
      if (isMarked) process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended, or is another user's.
    }
  }
}
