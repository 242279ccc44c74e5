import { describe, expect, it } from 'vitest'
import { columnsOf } from '../../../src/render/page/graph-layout.ts'
import { cases, printedSeed, randomOf } from '../../support/random.ts'

const SEED = printedSeed()

describe('the layout of a graph', () => {
  it('has each task once, right of all that it needs', () => {
    for (let nth = 0; nth < cases(100); nth += 1) {
      const random = randomOf(SEED + nth)
      const tasks = Array.from({ length: 1 + random(30) }, (_, index) => ({
        id: `t${index}`,
        needs: Array.from({ length: Math.min(index, random(4)) }, () => `t${random(index)}`),
      }))
      const columns = columnsOf(tasks)
      expect(columns.flat().toSorted()).toEqual(tasks.map(({ id }) => id).toSorted())
      const columnOf = (id: string) => columns.findIndex((column) => column.includes(id))
      for (const { id, needs } of tasks)
        for (const need of needs) expect(columnOf(need), `seed ${SEED + nth}: ${id}`).toBeLessThan(columnOf(id))
    }
  })

  it('puts tasks beside what they need, so that edges do not cross for no reason', () => {
    const columns = columnsOf([
      { id: 'a', needs: [] },
      { id: 'b', needs: [] },
      { id: 'c', needs: [] },
      { id: 'z', needs: ['a'] },
      { id: 'y', needs: ['b'] },
      { id: 'x', needs: ['c'] },
    ])
    expect(columns).toEqual([
      ['a', 'b', 'c'],
      ['z', 'y', 'x'],
    ])
  })
})
