import { describe, expect, it } from 'vitest'
import { agentEnvironment } from '../../src/config/secrets.ts'
import { taskIdSchema } from '../../src/core/ids.ts'
import { emptyLedger, settle } from '../../src/core/money/ledger.ts'
import { priceOf } from '../../src/core/money/price.ts'
import { ownOf } from '../../src/core/own.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { recordOf, statusOf } from '../../src/core/run/lookup.ts'
import { workOf } from '../../src/core/run/state.ts'
import { defaultSettings } from '../../src/core/settings.ts'
import { agentPlan, followed, planning, proposal } from '../support/planning.ts'
import { AT, afterwards, landed, merged, running, shaOf } from '../support/run.ts'

/** What plain indexing finds in every object. */
const NAMES = Object.getOwnPropertyNames(Object.prototype)

describe('a name that every object knows', () => {
  it.each(NAMES)('%s is found only if somebody gave it', (name) => {
    expect(ownOf({}, name)).toBeUndefined()
    expect(ownOf(JSON.parse(`{"${name}":1}`), name)).toBe(1)
    expect(priceOf(name, defaultSettings)).toBeNull()
  })

  it.each(NAMES)('%s is no variable of an agent unless the job has it', (name) =>
    expect(agentEnvironment({}, [])([name])).toEqual({}),
  )

  it.each(NAMES)('%s is no stage that has cost something', (name) =>
    expect(settle(emptyLedger, name, [], AT)).toBe(emptyLedger),
  )

  const IDS = NAMES.filter((name) => taskIdSchema.safeParse(name).success)
  it('may be the id of a task', () => expect(IDS).toEqual(['constructor']))

  it.each(IDS)('%s lands as any other task', (id) => {
    const done = merged(landed(running(`a > ${id}`), 'a', id), 'a', id)
    expect(statusOf(done.work, id)).toBe('landed')
    expect(done.work.trunk.tip).toBe(shaOf(`trunk ${id}`))
  })

  it.each(IDS)('%s comes with another version of the plan', (id) => {
    const before = followed(planning('soft'), proposal(agentPlan('a')))
    const after = followed(before, proposal(agentPlan(`a > ${id}`)))
    expect(recordOf(workOf(after) ?? expect.fail('no work'), id).attempts).toEqual([])
  })

  it.each(IDS)('%s is no task of a plan that does not name it', (id) => {
    const run = running('a > b')
    const event: RunEvent = { type: 'task_started', at: AT, by: 'tributary', task: id, attempt: 1, slot: 'r1.1' }
    expect(afterwards(run, event).work).toEqual(run.work)
    expect(() => recordOf(run.work, id)).toThrow(`no record of task ${id}`)
  })
})
