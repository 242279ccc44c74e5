import type { RunEvent } from '../../src/core/run/event.ts'
import { replayOn } from '../../src/core/run/evolve.ts'
import { parseState, type RunState } from '../../src/core/run/state.ts'
import { approvedAt, live, settingsFor } from '../machine/approved-run.ts'
import type { VirtualClock } from '../machine/clock.ts'
import type { Workload } from '../machine/conditions.ts'
import { runMachine } from '../machine/machine.ts'

/** Shares of the tasks that have landed when transitions are measured. */
export const STAGES = [0, 0.5, 0.9] as const
/** Transitions that are measured in each. */
export const SAMPLES = 60

export interface Pace {
  /** Milliseconds of the processor, for each stage, from one push to the next: all that is looked at, decided and folded for it. */
  transitions: readonly (readonly number[])[]
  events: number
  /** Milliseconds of the processor to fold these events, to write the state as the journal does, and to read it again. */
  fold: number
  write: number
  read: number
  /** Bytes of the state in the journal, and in memory once it was read from there: with its plan, without anything else. */
  snapshotBytes: number
  heapBytes: number
}

/**
 * Plays a whole run. What pushes it takes between the stages is not measured: there, the clock goes on by half an hour at
 * once, so that each slot has a result in each wake-up.
 */
export async function paceOf(workload: Workload, slots: number): Promise<Pace> {
  const watch = stages(workload.plan.tasks.length)
  let begun: RunState | null = null
  const { events, state } = await runMachine(workload, {
    slots,
    begin: (clock) => {
      const approved = approvedAt(workload.plan, settingsFor(slots, PUSHES), clock.now().toISOString())
      begun = approved.state
      return approved
    },
    hear: (heard, _, clock) => watch.hear(heard, clock),
  })
  if (begun === null) throw new Error('the run has not begun')
  return { transitions: watch.transitions, events: events.length, ...foldOf(begun, events), ...sizesOf(state) }
}

/** No limit that anything would wait for. */
const PUSHES = 1e9
const STRIDE = 30 * 60_000

/** Hears of pushes; measures the time between two of them while a stage lasts, and makes the clock go faster while none does. */
function stages(tasks: number) {
  const transitions: number[][] = STAGES.map(() => [])
  let stage = 0
  let landed = 0
  /** Pushes since the clock last leapt: until the first, there are many results to take in. */
  let pushes = 0
  let since = 0
  return {
    transitions,
    hear(events: readonly RunEvent[], clock: VirtualClock) {
      const now = processor()
      landed += events.filter(({ type }) => type === 'task_landed').length
      if (pushes > 1) transitions[stage]?.push(now - since)
      if (transitions[stage]?.length === SAMPLES) stage += 1
      pushes += 1
      if (landed < (STAGES[stage] ?? Number.POSITIVE_INFINITY) * tasks) {
        clock.goOn(STRIDE)
        pushes = 0
      }
      since = processor()
    },
  }
}

function foldOf(begun: RunState, events: readonly RunEvent[]): Pick<Pace, 'fold'> {
  const before = processor()
  live(replayOn(begun, events))
  return { fold: processor() - before }
}

function sizesOf(state: RunState): Omit<Pace, 'transitions' | 'events' | 'fold'> {
  const begun = processor()
  const text = `${JSON.stringify(state, null, 2)}\n`
  const written = processor()
  const heapBefore = heap()
  const reading = processor()
  const read = parseState(text)
  const done = processor()
  const heapBytes = heap() - heapBefore
  // Held until here: what is collected is not counted.
  if (read.phase === 'empty') throw new Error('the run has not begun')
  return { write: written - begun, read: done - reading, snapshotBytes: Buffer.byteLength(text), heapBytes }
}

/** Milliseconds of all processors, in this process and in the kernel for it. */
function processor(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
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
