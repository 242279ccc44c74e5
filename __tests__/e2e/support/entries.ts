import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replayOn } from '../../../src/core/run/evolve.ts'
import { emptyRun, type RunState } from '../../../src/core/run/state.ts'
import { startable } from '../../../src/core/schedule/ready.ts'
import type { World } from './world.ts'

export interface Entry {
  events: RunEvent[]
  /** How the run stood after it. */
  state: RunState
}

/** The journal push by push: what was written together, and the state after it. */
export async function entriesOf(world: World, run: string): Promise<Entry[]> {
  let state: RunState = emptyRun
  return (await world.entries(run)).map((events) => {
    state = replayOn(state, events)
    return { events, state }
  })
}

/** Slots that have worked already, and so are surely there, and that have nothing to do although a task could start. */
export function idleThough({ state }: Entry): { slots: string[]; tasks: string[] } | null {
  if (state.phase !== 'active' || state.paused !== null) return null
  const tasks = startable(state.work).map(({ id }) => id)
  const there = new Set<string>()
  const busy = new Set<string>()
  for (const { state: task, attempts } of Object.values(state.work.tasks)) {
    if (task.status === 'in_progress') busy.add(task.slot)
    for (const { slot } of attempts)
      if (slot !== null && state.slots[slot.split('.')[0] ?? '']?.gone === false) there.add(slot)
  }
  const { verification } = state.work
  if (verification?.status === 'in_progress') busy.add(verification.slot)
  const slots = [...there].filter((slot) => !busy.has(slot))
  return tasks.length > 0 && slots.length > 0 ? { slots, tasks } : null
}

/** When the journal says that something happened, in milliseconds. */
export function momentOf(events: readonly RunEvent[], type: RunEvent['type'], task: string): number {
  const found = events.find((event) => event.type === type && 'task' in event && event.task === task)
  if (found === undefined) throw new Error(`no ${type} of ${task}`)
  return Date.parse(found.at)
}

/** When a job's log says so, in milliseconds. */
export function logged(world: World, words: string): number {
  const logs = join(world.folder, 'hub', 'logs')
  for (const name of readdirSync(logs)) {
    const line = readFileSync(join(logs, name), 'utf8')
      .split('\n')
      .find((one) => one.includes(words))
    if (line !== undefined) return Date.parse(line.slice(0, line.indexOf(' ')))
  }
  throw new Error(`no log says: ${words}`)
}
