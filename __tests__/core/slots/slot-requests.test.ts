import { describe, expect, it } from 'vitest'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import type { SlotJobState } from '../../../src/core/slots/slot-jobs.ts'
import { slotRequest, slotsToAskFor } from '../../../src/core/slots/slot-requests.ts'
import { planOf, taskNamed } from '../../support/plan.ts'
import { followed, planning } from '../../support/planning.ts'
import { AT, afterwards, queued, running, shaOf } from '../../support/run.ts'

/** A plan that is still being written, with that many tasks in it that could start. */
function open(tasks: number): ActiveRun {
  const head = { ...planOf('a'), tasks: [] }
  const begun = followed<ActiveRun>(planning('off'), {
    type: 'plan_begun',
    plan: head,
    planId: 'p',
    trunk: shaOf('trunk'),
  })
  const ids = Array.from({ length: tasks }, (_, index) => `t${index + 1}`)
  return ids.reduce((run, id) => {
    const told = followed<ActiveRun>(run, { type: 'task_planned', planned: taskNamed(id), notes: [] })
    return afterwards(told, ...queued(told, id))
  }, begun)
}

const askedFor = (run: ActiveRun, count: number): ActiveRun =>
  followed<ActiveRun>(run, { type: 'slots_requested', request: 'r1', count, workflowRun: null })

describe('slots to ask for', () => {
  it('are those that are missing, where the plan is complete', () => {
    expect(slotsToAskFor(afterwards(running('a, b'), ...queued(running('a, b'), 'a')), 1)).toBe(1)
  })

  it('come with the head of a plan that is being written, as many as a run begins with', () => {
    expect(slotsToAskFor(open(0), 0)).toBe(4)
  })

  it('come together while more tasks are to be told of, and never pass the cap', () => {
    const run = askedFor(open(5), 4)
    expect(slotsToAskFor(run, 4)).toBe(4)
    expect(slotsToAskFor(askedFor(open(8), 4), 6)).toBe(2)
  })

  it('are none while those that are there suffice, so that slots which left for want of work do not come back for none', () => {
    expect(slotsToAskFor(askedFor(open(3), 4), 4)).toBeLessThanOrEqual(0)
    expect(slotsToAskFor(askedFor(open(0), 4), 0)).toBe(0)
  })
})

describe('a request for slots', () => {
  const ready = askedFor(afterwards(running('a, b'), ...queued(running('a, b'), 'a')), 1)
  const asked = (...slots: [string, SlotJobState][]) => slotRequest(ready, new Map(slots), new Date(AT))
  const job = { job: 1, leftInOrder: false } as const
  const setUp = { step: 'Run npm ci', url: null, words: 'exit code 1' }

  it('is for the slots that the tasks could use beside those that are here', () =>
    expect(asked(['r1.1', { ...job, status: 'in_progress' }])).toMatchObject({
      type: 'slots_requested',
      request: 'r2',
      count: 1,
    }))

  it('is a pause instead, if no slot is left and those that were asked for failed in their set-up', () =>
    expect(asked(['r1.1', { ...job, status: 'completed', setUp }])).toMatchObject({ type: 'run_paused' }))

  it('is none if all work has a slot', () =>
    expect(slotRequest(askedFor(running('a'), 1), new Map(), new Date(AT))).toBeNull())
})
