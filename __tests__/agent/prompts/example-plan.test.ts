import { expect, it } from 'vitest'
import { designSchema, taskFrom } from '../../../src/agent/planner/plan-schema.ts'
import { examplePlan } from '../../../src/agent/prompts/example-plan.ts'
import { lintPlan } from '../../../src/core/plan/lint.ts'
import { defaultSettings } from '../../../src/core/settings.ts'

it('the plan that planners are shown as an example is one that they could hand in, without a remark', () => {
  const { tasks, ...head } = designSchema.parse(examplePlan)
  const linted = lintPlan({ ...head, tasks: tasks.map((task) => taskFrom(task, defaultSettings)) }, defaultSettings)
  expect(linted).toMatchObject({ problems: [], notes: [] })
})
