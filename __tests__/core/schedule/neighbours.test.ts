import { describe, expect, it } from 'vitest'
import { taskOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { neighboursOf } from '../../../src/core/schedule/neighbours.ts'
import { gate } from '../../support/plan.ts'
import { agentsAtWork, followed } from '../../support/planning.ts'
import { begun, verifiedBy } from '../../support/run.ts'

const of = ({ work }: ActiveRun, id: string) => neighboursOf(work, taskOf(work, id))
const ids = (state: ActiveRun, id: string) => of(state, id).tasks.map((one) => one.id)

const tasks = {
  a: { writes: ['src/a/**'], reads: ['src/shared.ts'], interface: 'a()' },
  b: { writes: ['src/shared.ts'], interface: 'b()' },
  c: { writes: ['src/c/**'], reads: ['src/a/index.ts'], interface: 'c()' },
  d: { writes: ['src/d/**'], interface: 'd()' },
}

describe('the neighbours of a task', () => {
  it('are those that write what it reads, or read what it writes', () => {
    expect(ids(agentsAtWork<ActiveRun>('a, b, c, d', { tasks }), 'a')).toEqual(['b', 'c'])
    expect(ids(agentsAtWork<ActiveRun>('a, b, c, d', { tasks }), 'd')).toEqual([])
  })

  it('are those that wait for it, also if they promise nothing, and never what it needs itself', () => {
    const state = agentsAtWork<ActiveRun>('b > a > d', { tasks: { ...tasks, d: { ...tasks.d, interface: '' } } })
    expect(of(state, 'a').tasks).toEqual([{ id: 'd', title: 'Task d', isAtWork: false, waits: true, interface: '' }])
    const gated = agentsAtWork<ActiveRun>('a > d', { tasks: { d: gate } })
    expect(ids(gated, 'a')).toEqual([])
  })

  it('are said to be at work or to come, those at work first, and those that have landed are none', () => {
    const open = agentsAtWork<ActiveRun>('a, b, c', { tasks })
    const state = followed<ActiveRun>(open, ...begun(open, 'c'))
    expect(of(state, 'a').tasks.map(({ id, isAtWork }) => [id, isAtWork])).toEqual([
      ['c', true],
      ['b', false],
    ])
    const landed = followed<ActiveRun>(open, ...verifiedBy(open, 'c'), { type: 'task_landed', task: 'c', attempt: 1 })
    expect(ids(landed, 'a')).toEqual(['b'])
  })

  it('are eight at most, and the others are counted', () => {
    const names = Array.from({ length: 30 }, (_, n) => `n${n}`)
    const reads = Object.fromEntries(names.map((id) => [id, { reads: ['src/a/**'], interface: 'x'.repeat(2000) }]))
    const { tasks: told, more } = of(
      agentsAtWork<ActiveRun>(`a, ${names.join(', ')}`, { tasks: { ...tasks, ...reads } }),
      'a',
    )
    expect([told.length, more, told[0]?.interface.length]).toEqual([8, 22, 600])
  })
})
