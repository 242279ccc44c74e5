import type { Workload } from '../machine/conditions.ts'
import { runMachine } from '../machine/machine.ts'

export interface Pace {
  /** Milliseconds of the processor from one push to the next: everything that is looked at, decided and folded for it. */
  transitions: readonly number[]
  /** Bytes that the run's state holds. */
  bytes: number
}

class Enough extends Error {}

/** Plays the first so many transitions of a run, by the wall clock. */
export async function paceOf(workload: Workload, slots: number, count: number): Promise<Pace> {
  const transitions: number[] = []
  let last = 0
  let bytes = 0
  const before = heap()
  try {
    await runMachine(workload, {
      slots,
      hear: () => {
        const now = performance.now()
        if (last > 0) transitions.push(now - last)
        if (transitions.length >= count) {
          // What the run holds, with the plan that it was given.
          bytes = heap() - before
          throw new Enough()
        }
        last = performance.now()
      },
    })
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
  return { transitions, bytes }
}

function heap(): number {
  collect()
  return process.memoryUsage().heapUsed
}

/** There with `--expose-gc`, which the script sets. */
function collect(): void {
  const gc: unknown = Reflect.get(globalThis, 'gc')
  if (typeof gc === 'function') gc()
}
