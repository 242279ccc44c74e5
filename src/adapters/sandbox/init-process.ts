import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'

/** The first process of a sandbox's PID namespace. When it has died, the kernel has killed everything in there. */
export interface InitProcess {
  /** Listens to what bubblewrap tells on `--info-fd`. */
  hear(info: Readable): void
  kill(): Promise<void>
  /** Resolves when nothing of the sandbox runs any more. */
  gone(): Promise<void>
}

const PAUSE_MS = 2
const PATIENCE_MS = 10_000

export function initProcess(): InitProcess {
  let heard: Promise<number | null> = Promise.resolve(null)
  return {
    hear(info) {
      heard = readAll(info).then(pidIn)
    },
    async kill() {
      // Before bubblewrap has told the pid, its child does not yet die with it: wait, a few milliseconds.
      const pid = await heard
      if (pid !== null && (await isAlive(pid))) killNow(pid)
    },
    async gone() {
      const pid = await heard
      if (pid === null) return
      for (let waited = 0; await isAlive(pid); waited += PAUSE_MS) {
        if (waited > PATIENCE_MS) throw new Error(`the sandbox's first process ${pid} does not end`)
        await pause(PAUSE_MS)
      }
    },
  }
}

async function readAll(info: Readable): Promise<string> {
  let text = ''
  try {
    for await (const chunk of info) text += chunk
  } catch {
    // A launcher that was killed told nothing.
  }
  return text
}

function pidIn(text: string): number | null {
  const [, pid] = /"child-pid": (\d+)/.exec(text) ?? []
  return pid === undefined ? null : Number(pid)
}

/** A zombie's namespace is empty already. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  const [, state] = /^\d+ \(.*\) (\S)/s.exec(status ?? '') ?? []
  return state !== undefined && state !== 'Z' && state !== 'X'
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
