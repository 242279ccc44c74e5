import { describe, expect, it } from 'vitest'
import {
  criticalPath,
  dependantsOf,
  directDependants,
  findCycle,
  type GraphNode,
  needsClosure,
  remainingPath,
  topologicalOrder,
  width,
  work,
} from '../../../src/core/plan/graph.ts'
import { graphOf } from '../../support/plan.ts'
import { computeSeconds } from '../../support/processor.ts'

const ids = (tasks: readonly GraphNode[]) => tasks.map(({ id }) => id)
const order = (graph: string) => ids(topologicalOrder(graphOf(graph))).join(' ')
const chain = (length: number) =>
  Array.from({ length }, (_, index) => ({ id: `t${index}`, needs: index === 0 ? [] : [`t${index - 1}`] }))

const one = () => 1
const byLetter = ({ id }: GraphNode) => ({ a: 5, b: 1, c: 1, d: 10 })[id] ?? 0

describe('the order of tasks', () => {
  it('puts needs first', () => expect(order('c, d, b > a, c > b')).toBe('c d b a'))
  it('keeps the order of a plan that already has its needs first', () => expect(order('a > c, b > d')).toBe('a c b d'))
  it('takes the task that the plan names first where several could come next', () =>
    expect(order('z > y, x, w')).toBe('z y x w'))
  it('counts a need outside of the given tasks as met', () =>
    expect(ids(topologicalOrder([{ id: 'b', needs: ['a'] }]))).toEqual(['b']))
  it('counts a need that is named twice once', () =>
    expect(
      ids(
        topologicalOrder([
          { id: 'b', needs: ['a', 'a'] },
          { id: 'a', needs: [] },
        ]),
      ),
    ).toEqual(['a', 'b']))
  it('refuses a cycle, which only a bug can bring here', () =>
    expect(() => topologicalOrder(graphOf('a > b > a'))).toThrow('no order: a > b > a'))
})

describe('the search for a cycle', () => {
  const cycle = (graph: string) => findCycle(graphOf(graph))?.join(' > ') ?? null

  it('finds none in a diamond', () => expect(cycle('a > b > d, a > c > d')).toBeNull())
  it('gives the path in the order in which tasks would run', () =>
    expect(cycle('x > a > b > c > a')).toBe('a > b > c > a'))
  it('starts the path with the task that the plan names first', () =>
    expect(cycle('c > x, b > c > a > b')).toBe('c > a > b > c'))
  it('finds a task that needs itself', () => expect(cycle('a > b > b')).toBe('b > b'))
  it('leaves a need that does not exist to others', () =>
    expect(findCycle([{ id: 'a', needs: ['nobody'] }])).toBeNull())
})

describe('what hangs together', () => {
  const graph = graphOf('a > b > d, c > d, d > e, f')

  it('follows needs to the roots', () => expect([...needsClosure(graph, ['d'])].sort()).toEqual(['a', 'b', 'c', 'd']))
  it('follows dependants to the leaves', () => expect([...dependantsOf(graph, ['b'])].sort()).toEqual(['d', 'e']))
  it('names direct dependants once each', () => expect(directDependants(graph).get('d')).toEqual(['e']))
  it('finds nothing behind a leaf', () => expect(dependantsOf(graph, ['f'])).toEqual(new Set()))
})

describe('measures', () => {
  it('counts a task itself into its remaining path', () =>
    expect(Object.fromEntries(remainingPath(graphOf('a > b > c, d'), byLetter))).toEqual({ a: 7, b: 2, c: 1, d: 10 }))
  it('takes the longest chain for the critical path, by minutes and not by links', () =>
    expect(criticalPath(graphOf('a > b > c, d'), byLetter)).toEqual(['d']))
  it('takes the chain named first where two are as long', () =>
    expect(criticalPath(graphOf('x > z, y > z'), one)).toEqual(['x', 'z']))
  it('adds up the work', () => expect(work(graphOf('a > b > c, d'), byLetter)).toBe(17))
  it('counts tasks in flight for the width, not those of one level', () => {
    expect(width(graphOf('a > b, a > c, a > d'), one)).toBe(3)
    expect(width(graphOf('a > x, d > y, b, c'), byLetter)).toBe(4)
    expect(width(graphOf('a > b > c'), byLetter)).toBe(1)
  })
  it('counts no task that takes no time, such as a gate', () =>
    expect(width(graphOf('a > g, b > g'), ({ id }) => (id === 'g' ? 0 : 1))).toBe(2))
  it('lets a task that ends make room for one that starts in the same minute', () =>
    expect(width(graphOf('a > b, c > d'), one)).toBe(2))
})

describe('ten thousand tasks', () => {
  const long = chain(10_000)
  const wide = Array.from({ length: 10_000 }, (_, index) => ({ id: `t${index}`, needs: index === 0 ? [] : ['t0'] }))
  const layered = Array.from({ length: 10_000 }, (_, index) => ({
    id: `t${index}`,
    needs: index < 20 ? [] : Array.from({ length: 20 }, (_, need) => `t${index - (index % 20) - 20 + need}`),
  }))

  it.each([
    ['in a chain', long, 10_000, 1],
    ['behind one', wide, 2, 9_999],
    ['in layers, with more paths than atoms', layered, 500, 20],
  ])('are measured %s', (_, tasks, path, broad) => {
    const seconds = computeSeconds(() => {
      expect(topologicalOrder(tasks.toReversed())).toHaveLength(10_000)
      expect(criticalPath(tasks, one)).toHaveLength(path)
      expect(width(tasks, one)).toBe(broad)
      expect(findCycle(tasks)).toBeNull()
      expect(needsClosure(tasks, ['t9999']).size).toBe(tasks === wide ? 2 : tasks === long ? 10_000 : 9_981)
    })
    expect(seconds).toBeLessThan(10)
  })

  it('are searched for a cycle that holds them all', () =>
    expect(findCycle(long.map((task) => (task.id === 't0' ? { ...task, needs: ['t9999'] } : task)))).toHaveLength(
      10_001,
    ))
})
