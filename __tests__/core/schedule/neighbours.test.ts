import { describe, expect, it } from 'vitest'
import { handOffOf } from '../../../src/core/run/hand-off.ts'
import { taskOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { neighboursOf } from '../../../src/core/schedule/neighbours.ts'
import { gate } from '../../support/plan.ts'
import { agentsAtWork, followed } from '../../support/planning.ts'
import { begun, report, verifiedBy } from '../../support/run.ts'

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
    expect(of(state, 'a').tasks).toEqual([{ id: 'd', title: 'Task d', stage: 'to come', waits: true, interface: '' }])
    const gated = agentsAtWork<ActiveRun>('a > d', { tasks: { d: gate } })
    expect(ids(gated, 'a')).toEqual([])
  })

  it('are said to be at work, landed or to come, in this order', () => {
    const open = agentsAtWork<ActiveRun>('a, b, c, d', { tasks: { ...tasks, d: { ...tasks.d, reads: ['src/a/**'] } } })
    const landed = followed<ActiveRun>(open, ...verifiedBy(open, 'c'), { type: 'task_landed', task: 'c', attempt: 1 })
    const state = followed<ActiveRun>(landed, ...begun(landed, 'd'))
    expect(of(state, 'a').tasks.map(({ id, stage }) => [id, stage])).toEqual([
      ['d', 'at work'],
      ['c', 'landed'],
      ['b', 'to come'],
    ])
  })

  it('tell what they have kept once they have landed, and are none if their work is in the files already', () => {
    const graph = 'c > b > a, d'
    const shared = { ...tasks, d: { writes: ['src/shared.ts'], interface: 'd()' } }
    const open = agentsAtWork<ActiveRun>(graph, { tasks: shared })
    const said = { did: '', interfaces: ['d(now: Date)'], decisions: [], caveats: [], follow_ups: [] }
    const handOff = handOffOf(said, { files: [], check: '' })
    const state = followed<ActiveRun>(
      open,
      ...verifiedBy(open, 'c'),
      { type: 'task_landed', task: 'c', attempt: 1 },
      ...verifiedBy(open, 'd').map((event) =>
        event.type === 'task_verified' ? { ...event, report: { ...report, handOff } } : event,
      ),
      { type: 'task_landed', task: 'd', attempt: 1 },
    )
    expect(of(state, 'a').tasks).toEqual([
      { id: 'd', title: 'Task d', stage: 'landed', waits: false, interface: 'd(now: Date)' },
    ])
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
