import { describe, expect, it } from 'vitest'
import { written, writtenHead } from '../../../agent/planner/planner-fixtures.ts'
import { plannedRun, planStreamed } from './planned-run.ts'

const eight = ['t1', 't2', 't3', 't4', 't5', 't6', 't7', 't8']
const stream = planStreamed(
  writtenHead,
  eight.map((id) => written(id)),
  7,
)

/** The moment at which each task is complete in the stream, and a slot is there for it. */
const earliest = [27, 27, 28, 35, 62, 62, 63, 70]

describe('the pace of a plan that is worked on while it is being written', () => {
  it('starts each task as soon as a slot is there, under the default limit of pushes, on slots asked for together', async () => {
    const world = await plannedRun([stream], { settings: { mode: 'off', budget: { usd: 100 } } })
    await world.run(90)
    const begun = eight.map((id) => world.when((event) => event.type === 'task_started' && event.task === id) ?? 999)
    const late = begun.map((at, index) => at - (earliest[index] ?? 0))
    expect(Math.max(...late)).toBeLessThanOrEqual(3)
    expect(world.dispatches().map(({ inputs }) => JSON.parse(inputs.slots).length)).toEqual([4, 4])
    const events = await world.events()
    expect(events.find(({ type }) => type === 'plan_drafted')).toMatchObject({ problems: [] })
    // Not one push was made only to say that slots were dispatched.
    const said = world.pushes.map(({ events }) => events.map(({ type }) => type).filter((type) => type !== 'projected'))
    expect(said.filter((types) => types.every((type) => type === 'slots_started'))).toEqual([])
  })

  it.each([
    ['before the dispatch is recorded', true],
    ['before the dispatch', false],
  ])('neither loses nor doubles slots when the orchestrator dies %s', async (_when, isDispatched) => {
    const world = await plannedRun([stream, stream], { settings: { mode: 'off', budget: { usd: 100 } } })
    const { forge } = world.deps
    const dies = async (inputs: Parameters<typeof forge.dispatch>[0]) => {
      if (isDispatched) await forge.dispatch(inputs)
      throw new Error('killed')
    }
    await expect(world.run(90, { forge: { ...forge, dispatch: dies } })).rejects.toThrow('killed')
    expect(world.dispatches()).toHaveLength(isDispatched ? 1 : 0)
    world.drop()
    await world.run(60)
    const [first, second] = world.dispatches()
    expect([first?.inputs.request, second?.inputs.request]).toEqual(['r1', 'r2'])
    expect(world.dispatches()).toHaveLength(2)
    const read = await world.journal.read('42')
    expect(read?.state).toMatchObject({ slots: { r1: { workflowRun: first?.id, gone: false } } })
    const used = (await world.events()).flatMap((event) => (event.type === 'task_started' ? [event.slot] : []))
    expect(used.slice(0, 4).toSorted()).toEqual(['r1.1', 'r1.2', 'r1.3', 'r1.4'])
  })
})
