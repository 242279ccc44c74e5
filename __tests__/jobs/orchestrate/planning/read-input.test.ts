import { expect, it } from 'vitest'
import { promptText, written, writtenHead } from '../../../agent/planner/planner-fixtures.ts'
import { commentBy } from '../../../support/memory/github.ts'
import { plannedRun, planStreamed } from './planned-run.ts'

it('every stage reads the comments, and what their author may do is asked once for all of them', async () => {
  const tasks = ['t1', 't2', 't3'].map((id) => written(id))
  const world = await plannedRun([planStreamed(writtenHead, tasks, 2)], { settings: { budget: { usd: 100 } } })
  commentBy(world.github, 'mona', 42, 'Keep it small.')
  const { forge } = world.deps
  const asked: string[] = []
  const role = (login: string) => {
    asked.push(login)
    return forge.role(login)
  }
  await world.run(32, { forge: { ...forge, role } })
  expect(world.model.requests.map((request) => promptText(request).includes('Keep it small.'))).toEqual([true, true])
  expect(asked).toEqual(['mona'])
  const events = world.pushes.flatMap((push) => push.events)
  expect(events.flatMap((event) => (event.type === 'plan_proposed' ? [event.comments] : []))).toEqual([
    ['@mona: Keep it small.'],
  ])
})
