import { describe, expect, it } from 'vitest'
import { columnsOf, withWaypoints } from '../../../src/render/page/graph-layout.ts'
import { cases, printedSeed, randomOf } from '../../support/random.ts'

const SEED = printedSeed()

/** Up to thirty tasks, each with up to three needs. */
function drawn(nth: number) {
  const random = randomOf(SEED + nth)
  return Array.from({ length: 1 + random(30) }, (_, index) => ({
    id: `t${index}`,
    needs: [...new Set(Array.from({ length: Math.min(index, random(4)) }, () => `t${random(index)}`))],
  }))
}

describe('the layout of a graph', () => {
  it('has each task once, right of all that it needs', () => {
    for (let nth = 0; nth < cases(100); nth += 1) {
      const tasks = drawn(nth)
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

  it('leads each edge through one point of its own need in every column that it passes', () => {
    let passed = 0
    for (let nth = 0; nth < cases(100); nth += 1) {
      const tasks = drawn(nth)
      const { nodes, wayTo } = withWaypoints(tasks)
      const columns = columnsOf(nodes)
      const columnOf = (id: string) => columns.findIndex((column) => column.includes(id))
      for (const { id, needs } of tasks)
        for (const need of needs) {
          const way = wayTo(need, id)
          const [from, to] = [columnOf(need), columnOf(id)]
          if (nodes.length > tasks.length)
            expect(way.map(columnOf), `seed ${SEED + nth}: ${need} > ${id}`).toEqual(
              Array.from({ length: to - from - 1 }, (_, step) => from + 1 + step),
            )
          passed += way.length
        }
    }
    expect(passed).toBeGreaterThan(100)
  })

  it('has no points if they would be more than the tasks', () => {
    const ids = Array.from({ length: 20 }, (_, index) => `t${index}`)
    const tasks = ids.map((id, index) => ({ id, needs: ids.slice(0, index) }))
    const { nodes, wayTo } = withWaypoints(tasks)
    expect([nodes, wayTo('t0', 't19')]).toEqual([tasks, []])
  })
})
