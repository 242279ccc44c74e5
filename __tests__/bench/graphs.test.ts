import { describe, expect, it } from 'vitest'
import { families, STRAGGLER, TRACKS, tracks } from '../../bench/graphs/families.ts'
import { measuresOf } from '../../bench/graphs/measures.ts'
import { shapes } from '../../bench/graphs/shapes.ts'
import { workloadOf } from '../../bench/graphs/workload.ts'
import { randomOf } from '../../bench/random.ts'
import { planOf } from '../support/plan.ts'

const measured = (graph: string) => {
  const plan = planOf(graph)
  const minutes = new Map(plan.tasks.map(({ id }) => [id, 1]))
  return measuresOf({ name: graph, plan, minutes, attempt: () => ({ minutes: 1, failure: null }) })
}

describe('the graphs', () => {
  it('have as many tasks as asked for, needs that come earlier, and the same for the same seed', () => {
    for (const family of families) {
      const { nodes } = family.draw(24, randomOf(1))
      expect(nodes).toHaveLength(24)
      expect(family.draw(24, randomOf(1)).nodes).toEqual(nodes)
      for (const [index, { needs }] of nodes.entries())
        expect(needs.every((need) => nodes.findIndex(({ id }) => id === need) < index)).toBe(true)
    }
  })

  it('are drawn again for another seed, but for the tracks, in which nothing is drawn', () => {
    for (const family of families) {
      const same = JSON.stringify(family.draw(24, randomOf(1))) === JSON.stringify(family.draw(24, randomOf(2)))
      expect(same).toBe(family === tracks)
    }
  })

  it('have one straggler in each layer of the tracks, on another track than the layer before', () => {
    const { nodes } = tracks.draw(24, randomOf(1))
    const straggling = nodes.flatMap(({ weight }, index) => (weight === 1 ? [index] : []))
    expect(straggling.map((index) => Math.floor(index / TRACKS))).toEqual([0, 1, 2, 3, 4, 5])
    expect(straggling.map((index) => index % TRACKS)).toEqual([0, 1, 2, 3, 0, 1])
    expect(new Set(nodes.map(({ weight }) => weight))).toEqual(new Set([1, 1 / STRAGGLER]))
  })

  it('turn an in-tree into one root, and an out-tree into one start', () => {
    for (const { name, draw } of families.filter((family) => family.name.endsWith('-tree'))) {
      const { nodes } = draw.call({ name }, 24, randomOf(1))
      const needed = new Set(nodes.flatMap(({ needs }) => needs))
      const [starts, ends] = [
        nodes.filter(({ needs }) => needs.length === 0),
        nodes.filter(({ id }) => !needed.has(id)),
      ]
      expect(name === 'in-tree' ? ends : starts).toHaveLength(1)
      expect(nodes.flatMap(({ needs }) => needs)).toHaveLength(23)
    }
  })

  it('are at least twelve shapes of plans, all of them different', () => {
    expect(shapes.length).toBeGreaterThanOrEqual(12)
    expect(new Set(shapes.map(({ nodes }) => JSON.stringify(nodes))).size).toBe(shapes.length)
  })
})

describe('what shows that a graph is not trivial', () => {
  it('is that it does not fall apart at tasks that all others wait for, or are waited for by', () => {
    expect(measured('a > b > c').mass).toBe(0)
    expect(measured('a > b > d, a > c > d').mass).toBe(0.5)
    expect(measured('a, b > c')).toMatchObject({ mass: 1, width: 2, tasks: 3 })
  })

  it('is that its critical path is but a part of its work', () => {
    expect(measured('a > b > c').pathOverWork).toBe(1)
    expect(measured('a > b, c, d').pathOverWork).toBe(0.5)
    const wide = workloadOf(
      shapes.find(({ name }) => name === 'tests for untested modules') ?? { name: '', nodes: [] },
      0,
      randomOf(1),
    )
    expect(measuresOf(wide).pathOverWork).toBeLessThan(0.5)
  })
})
