import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type RunEvent, runEventSchema } from '../../../src/core/run/event.ts'
import { replay } from '../../../src/core/run/evolve.ts'
import { runStateSchema } from '../../../src/core/run/state.ts'

/**
 * Written by the code as it was on 2026-11-29, before it got its rooms: events and states of its tests, and a run of its demo. Only
 * `slots_gone` was written by hand, and checked by that code's schema.
 */
const linesOf = (name: string): unknown[] =>
  readFileSync(join(import.meta.dirname, '../../fixtures/journal', name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

/** Settings that came later are there with their defaults. */
describe('a journal that an earlier version wrote', () => {
  it('is read event by event, with one of each kind at least', () => {
    const events = linesOf('events.jsonl')
    // What a later version added has its default.
    expect(events.map((event) => runEventSchema.parse(event))).toMatchObject(events)
    const kinds = new Set(events.map((event) => runEventSchema.parse(event).type))
    expect(kinds.size).toBeGreaterThanOrEqual(56)
  })

  it('is read from its snapshots', () => {
    const states = linesOf('states.jsonl')
    expect(states.map((state) => runStateSchema.parse(state))).toMatchObject(states)
  })

  it('folds into the state that it was left with', () => {
    const lines = linesOf('run.jsonl')
    const events = lines.slice(0, -1).map((event): RunEvent => runEventSchema.parse(event))
    expect(replay(events)).toMatchObject(lines.at(-1) as object)
  })
})
