import { describe, expect, it } from 'vitest'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { pauseAtLimit, startOf } from '../../../src/core/schedule/ready.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { agentsAtWork, followed } from '../../support/planning.ts'
import { afterwards, begun, queued, running, shaOf } from '../../support/run.ts'

const assigned = { kind: 'task', task: 'a', attempt: 1, slot: 'r1.1' } as const
const started = { type: 'task_started', task: 'a', attempt: 1, slot: 'r1.1' }
const ready = (state: ActiveRun) => afterwards(state, ...queued(state, 'a'))
/** Nearly all of the limit is spent. */
const poor = (state: ActiveRun) =>
  followed<ActiveRun>(
    state,
    { type: 'budget_set', usd: 1 },
    { type: 'money_reserved', stage: 'x', role: 'plan', usd: 0.99 },
    { type: 'stage_failed', stage: 'x', why: '' },
  )

describe('a task that is assigned to a slot', () => {
  it('starts without money if a program works on it, and with an allowance if an agent does', () => {
    expect(startOf(ready(running('a')), assigned)).toEqual(started)
    expect(startOf(ready(agentsAtWork('a')), assigned)).toEqual({ ...started, allowance: expect.any(Number) })
  })
  it('stays queued if the money is not enough for the agent', () => {
    expect(startOf(poor(ready(agentsAtWork('a'))), assigned)).toBeNull()
  })
  it('costs nothing as a verification', () => {
    const verification = { on: shaOf('trunk'), attempt: 1, slot: 'r1.1' }
    expect(startOf(running('a'), { kind: 'verification', ...verification })).toEqual({
      type: 'verification_started',
      ...verification,
    })
  })
})

describe('a run at its limit', () => {
  const atLimit = poor(ready(agentsAtWork('a, b')))
  it('is paused if nothing that is ready can be paid for', () => {
    expect(pauseAtLimit(atLimit, true)).toEqual({
      type: 'run_paused',
      why: 'the limit of 1.00 USD is reached: 0.99 USD are spent',
      cause: 'budget',
    })
    expect(pauseAtLimit(ready(agentsAtWork('a, b')), true)).toBeNull()
  })
  it('goes on while work is going on, which may leave money over', () => {
    expect(pauseAtLimit(afterwards(atLimit, ...begun(atLimit, 'b')), true)).toBeNull()
    const reserved = { type: 'money_reserved', stage: 'y', role: 'plan', usd: 0.001 } as const
    expect(pauseAtLimit(followed<ActiveRun>(atLimit, reserved), true)).toBeNull()
  })
  it('goes on if only programs work, or another agent that pays for itself', () => {
    expect(pauseAtLimit(poor(ready(running('a'))), true)).toBeNull()
    const other = settingsSchema.parse({ worker: { command: ['other-agent'] } })
    const state = poor(ready(agentsAtWork('a', {}, other)))
    expect(startOf(state, assigned)).toEqual(started)
    expect(pauseAtLimit(state, false)).toBeNull()
  })
  it('goes on while nothing is ready, and while a program is ready beside an agent that cannot be paid for', () => {
    expect(pauseAtLimit(poor(agentsAtWork('gate > a', { tasks: { gate: { kind: 'gate' } } })), false)).toBeNull()
    const both = poor(agentsAtWork('a, b', { tasks: { b: { run: ['true'] } } }))
    const atWork = afterwards(both, ...queued(both, 'a'), ...begun(both, 'b'))
    expect(pauseAtLimit(atWork, false)).toBeNull()
  })
  it('is paused once, and not again while it is paused', () => {
    const paused = followed<ActiveRun>(atLimit, { type: 'run_paused', why: 'x', cause: 'budget' })
    expect(pauseAtLimit(paused, true)).toBeNull()
  })
})
