import { expect, it } from 'vitest'
import { spentUsd } from '../../../../src/core/money/ledger.ts'
import { written, writtenHead } from '../../../agent/planner/planner-fixtures.ts'
import { plannedRun, planStreamed, type Stream } from './planned-run.ts'

/** A stream that breaks after two tasks, and the answer that comes in its place. */
const broken = (goal: string): Stream => [
  ...planStreamed(writtenHead, [written('t1'), written('t2'), written('t3')], 5).slice(0, 3),
  { after: 1, again: true },
  ...planStreamed(
    { ...writtenHead, summary: 'Every request is retried.' },
    [written('t1', { goal }), written('t2'), written('t4')],
    5,
  ),
]

const planned = async (mode: string, goal: string) => {
  const world = await plannedRun([broken(goal)], { settings: { mode, budget: { usd: 100 } } })
  await world.run(62)
  return { world, events: await world.events() }
}

it('in strict mode takes the answer that came in the place of a broken one, whatever was told of before', async () => {
  const { world, events } = await planned('strict', 'Something else')
  expect(events.filter(({ type }) => type === 'stage_failed')).toEqual([])
  const told = events.flatMap((event) =>
    event.type === 'task_planned' ? [[event.planned.id, event.anew ?? false]] : [],
  )
  expect(told).toEqual([
    ['t1', false],
    ['t2', false],
    ['t1', true],
    ['t2', false],
    ['t4', false],
  ])
  const read = await world.journal.read('42')
  if (read?.state.phase !== 'proposed') throw new Error(`the run is ${read?.state.phase}`)
  expect(read.state.planning?.streamed.map(({ id, goal }) => [id, goal])).toEqual([
    ['t1', 'Something else'],
    ['t2', written('t2').goal],
    ['t4', written('t4').goal],
  ])
  expect(read.state.work.plan.summary).toBe('Every request is retried.')
  expect(spentUsd(read.state.ledger)).toBeLessThan(0.1)
  expect(world.model.requests).toHaveLength(2)
})

it('in off mode goes on where only words around the tasks differ', async () => {
  const { events } = await planned('off', written('t1').goal)
  expect(events.filter(({ type }) => type === 'stage_failed')).toEqual([])
  const told = events.flatMap((event) => (event.type === 'task_planned' ? [event.planned.id] : []))
  expect(told).toEqual(['t1', 't2', 't4'])
  expect(events.find(({ type }) => type === 'plan_proposed')).toMatchObject({
    plan: { summary: 'Every request is retried.' },
  })
})
