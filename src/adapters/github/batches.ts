import type { Projection } from '../../ports/forge.ts'

/** GitHub gives a request ten seconds; a pull request takes it much longer than a check or a comment. */
const WEIGHT: Readonly<Record<Projection['kind'], number>> = {
  check: 1,
  comment: 1,
  'close-pull': 2,
  'ready-pull': 2,
  pull: 4,
}
const HEAVIEST = 20

/** In order, in as few parts as can be. */
export function batchesOf<Item extends { projection: Projection }>(items: readonly Item[]): Item[][] {
  const batches: Item[][] = []
  let weight = HEAVIEST
  for (const item of items) {
    const own = WEIGHT[item.projection.kind]
    if (weight + own > HEAVIEST) {
      batches.push([])
      weight = 0
    }
    batches.at(-1)?.push(item)
    weight += own
  }
  return batches
}
