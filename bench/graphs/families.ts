import type { TaskId } from '../../src/core/ids.ts'
import { integer, type Random } from '../random.ts'
import type { Graph } from './workload.ts'

type Node = Graph['nodes'][number]

const idOf = (index: number): TaskId => `t${index + 1}`

/** A family of graphs; a member has exactly `n` nodes. */
export interface Family {
  name: string
  /** What its members are drawn with. */
  parameters: string
  draw(n: number, random: Random): Graph
}

/** Draws the needs of each node among the earlier ones. */
const byNeeds = (name: string, n: number, needsOf: (index: number) => readonly number[]): Graph => ({
  name: `${name} of ${n}`,
  nodes: Array.from({ length: n }, (_, index) => node(index, needsOf(index))),
})

const node = (index: number, needs: readonly number[], weight = 1): Node => ({
  id: idOf(index),
  needs: [...new Set(needs)].toSorted((a, b) => a - b).map(idOf),
  weight,
})

const layered: Family = {
  name: 'layer by layer',
  parameters:
    'about 1.5 sqrt(n) nodes a layer; each needs each node of the layer before with probability 0.35, and at least one',
  draw(n, random) {
    const width = Math.max(2, Math.round(1.5 * Math.sqrt(n)))
    return byNeeds(this.name, n, (index) => {
      const layer = Math.floor(index / width)
      if (layer === 0) return []
      const before = Array.from({ length: width }, (_, place) => (layer - 1) * width + place)
      const chosen = before.filter(() => random() < 0.35)
      return chosen.length > 0 ? chosen : [before[integer(random, width)] ?? 0]
    })
  },
}

const forkJoin: Family = {
  name: 'fork-join',
  parameters: 'sections of one fork, 3 to 12 branches (as many as fit) and one join, which is the next fork',
  draw(n, random) {
    const needs: number[][] = [[]]
    let fork = 0
    while (needs.length < n) {
      const branches = Math.min(3 + integer(random, 10), n - needs.length)
      const first = needs.length
      for (let branch = 0; branch < branches; branch += 1) needs.push([fork])
      if (needs.length === n) break
      fork = needs.length
      needs.push(Array.from({ length: branches }, (_, branch) => first + branch))
    }
    return byNeeds(this.name, n, (index) => needs[index] ?? [])
  },
}

const outTree: Family = {
  name: 'out-tree',
  parameters: 'each node but the first needs one of the earlier ones that has fewer than 4 dependants, drawn evenly',
  draw(n, random) {
    const parents = parentsOf(n, random)
    return byNeeds(this.name, n, (index) => (index === 0 ? [] : [parents[index] ?? 0]))
  },
}

const inTree: Family = {
  name: 'in-tree',
  parameters: 'an out-tree turned around',
  draw(n, random) {
    const parents = parentsOf(n, random)
    const turned = (index: number) => n - 1 - index
    return byNeeds(this.name, n, (index) =>
      parents.flatMap((parent, child) => (child > 0 && parent === turned(index) ? [turned(child)] : [])),
    )
  },
}

function parentsOf(n: number, random: Random): number[] {
  const children = Array.from({ length: n }, () => 0)
  return Array.from({ length: n }, (_, index) => {
    const open = Array.from({ length: index }, (_, other) => other).filter((other) => (children[other] ?? 0) < 4)
    const parent = open[integer(random, open.length)] ?? 0
    children[parent] = (children[parent] ?? 0) + 1
    return parent
  })
}

const seriesParallel: Family = {
  name: 'series-parallel',
  parameters: 'halved again and again at a point drawn evenly; put in series with probability 0.4, else in parallel',
  draw(n, random) {
    const needs = Array.from({ length: n }, (): number[] => [])
    /** Builds nodes [from, to) behind the given ones; answers with the last of them. */
    function build(from: number, to: number, behind: readonly number[]): number[] {
      if (to - from === 1) {
        needs[from] = [...behind]
        return [from]
      }
      const cut = from + 1 + integer(random, to - from - 1)
      if (random() < 0.4) return build(cut, to, build(from, cut, behind))
      return [...build(from, cut, behind), ...build(cut, to, behind)]
    }
    build(0, n, [])
    return byNeeds(this.name, n, (index) => needs[index] ?? [])
  },
}

const erdosRenyi: Family = {
  name: 'Erdos-Renyi',
  parameters: 'each earlier node is needed with probability min(0.3, 3 / n)',
  draw(n, random) {
    const chance = Math.min(0.3, 3 / n)
    return byNeeds(this.name, n, (index) =>
      Array.from({ length: index }, (_, other) => other).filter(() => random() < chance),
    )
  },
}

export const TRACKS = 4
/** How much longer the straggler of a layer takes than the others. */
export const STRAGGLER = 30

/** Waves wait in each layer for its straggler; who waits for nobody's layer meets each track's stragglers alone. */
export const tracks: Family = {
  name: 'feature tracks',
  parameters: `${TRACKS} chains; in each layer another one's task weighs 1, the others 1/${STRAGGLER}`,
  draw(n) {
    const nodes = Array.from({ length: n }, (_, index) => {
      const layer = Math.floor(index / TRACKS)
      const straggles = index % TRACKS === layer % TRACKS
      return node(index, layer === 0 ? [] : [index - TRACKS], straggles ? 1 : 1 / STRAGGLER)
    })
    return { name: `${this.name} of ${n}`, nodes }
  },
}

export const families: readonly Family[] = [layered, forkJoin, inTree, outTree, seriesParallel, erdosRenyi, tracks]
