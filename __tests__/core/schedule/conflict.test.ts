import { describe, expect, it } from 'vitest'
import { resolvedTasks } from '../../../src/core/schedule/conflict.ts'
import { running } from '../../support/run.ts'

const { work } = running('a, b')
const resolved = (at: typeof work, ...names: string[]) => resolvedTasks(at, { resolved: names }).map(({ id }) => id)

describe('the tasks whose conflicts a report calls resolved', () => {
  it('are those of the plan', () => {
    expect(resolved(work, 'b', 'a')).toEqual(['b', 'a'])
    expect(resolvedTasks(work, {})).toEqual([])
  })

  it('leave out a name that every object knows', () => expect(resolved(work, 'constructor', 'b')).toEqual(['b']))

  it('leave out a task that a newer plan has dropped', () => {
    const newer = { ...work, plan: { ...work.plan, tasks: work.plan.tasks.filter(({ id }) => id !== 'a') } }
    expect(Object.keys(newer.tasks)).toContain('a')
    expect(resolved(newer, 'a', 'b')).toEqual(['b'])
  })
})
