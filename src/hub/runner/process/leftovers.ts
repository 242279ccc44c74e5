import { readdirSync, readFileSync } from 'node:fs'

/** In the environment of every process of a job, as on GitHub's runner. */
export const trackingVariable = 'RUNNER_TRACKING_ID'

/** Kills processes that left their group but still carry the job's tracking variable. Needs /proc; elsewhere only groups are killed. */
export function killMarked(trackingId: string): void {
  const mark = `${trackingVariable}=${trackingId}\0`
  for (const pid of processIds()) {
    if (!environmentOf(pid).includes(mark)) continue
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
}

function processIds(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  } catch {
    return []
  }
}

function environmentOf(pid: string): string {
  try {
    return `${readFileSync(`/proc/${pid}/environ`, 'utf8')}\0`
  } catch {
    return ''
  }
}
