import { expect, it } from 'vitest'
import { planDiff } from '../../../src/core/plan/difference.ts'
import { planOf, taskNamed } from '../../support/plan.ts'

it('finds nothing between a plan and itself', () => {
  const plan = planOf('a > b')
  expect(planDiff(plan, structuredClone(plan))).toEqual({ head: [], added: [], removed: [], changed: [] })
})

it('names what came, what went, and of what changed the fields', () => {
  const before = planOf('a > b, c')
  const after = {
    ...before,
    summary: 'Another one',
    verification: [],
    tasks: [taskNamed('a', { title: 'A', size: 'large' }), taskNamed('b', { needs: ['a'] }), taskNamed('d')],
  }
  const diff = planDiff(before, after)
  expect(diff.head).toEqual(['summary', 'verification'])
  expect(diff.added.map(({ id }) => id)).toEqual(['d'])
  expect(diff.removed.map(({ id }) => id)).toEqual(['c'])
  expect(diff.changed.map(({ id, fields }) => [id, ...fields])).toEqual([['a', 'title', 'size']])
  expect(diff.changed[0]?.before.size).toBe('medium')
  expect(diff.changed[0]?.after.size).toBe('large')
})

it('takes an order of tasks for no change', () => {
  const plan = planOf('a, b')
  expect(planDiff(plan, { ...plan, tasks: plan.tasks.toReversed() }).changed).toEqual([])
})
