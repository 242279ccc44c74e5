import { expect, it } from 'vitest'
import { tell } from '../../bench/context/briefs.ts'
import { recallFigure } from '../../bench/context/figures.ts'
import type { Member } from '../../bench/graphs/corpus.ts'
import { families } from '../../bench/graphs/families.ts'
import { workloadOf } from '../../bench/graphs/workload.ts'
import { randomOf } from '../../bench/random.ts'

const members = families.map((family): Member => {
  const workload = workloadOf(family.draw(24, randomOf(1)), 0.7, randomOf(2))
  return { family: family.name, n: 24, sigma: 0.7, seed: 1, key: family.name, workload }
})
const recallAt = (lavish: number) =>
  recallFigure(
    lavish,
    members.flatMap((member) => tell(member, lavish)),
  ).value

it('loses no fact that fits into a hand-off, and some where agents say more than it holds', () => {
  expect(recallAt(0)).toBe(1)
  expect(recallAt(1)).toBeLessThan(1)
})

it('counts the facts of direct needs alone', () => {
  for (const member of members)
    for (const { parents, planted } of tell(member, 0)) if (parents === 0) expect(planted).toBe(0)
})
