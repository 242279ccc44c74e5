import { expect, it } from 'vitest'
import { written, writtenPlan } from '../../agent/planner/asking.ts'
import { says } from '../../support/said-model.ts'
import { saidRun } from './said-run.ts'

it('starts tasks as they come once the gate is switched off, though the plan was begun behind one', async () => {
  const world = await saidRun({})
  const plan = writtenPlan(['a', 'b', 'c'].map((id) => written(id)))
  await world.run(
    [
      async () => {
        await world.say({ name: 'plan-off' })
        return says(plan)
      },
      says(JSON.stringify({ accepted: true, problems: [] })),
    ],
    30,
  )
  const types = (await world.events()).map(({ type }) => type)
  const at = (type: (typeof types)[number]) => types.indexOf(type)
  expect(at('plan_begun')).toBeGreaterThan(at('gate_switched_off'))
  expect(at('plan_begun')).toBeLessThan(at('task_queued'))
  expect(at('task_queued')).toBeLessThan(at('plan_proposed'))
})
