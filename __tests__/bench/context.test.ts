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

it('finds every fact, also of agents that say more than they are asked for', () => {
  expect([recallAt(0), recallAt(1)]).toEqual([1, 1])
})

it('counts what does not reach the worker as lost', () => {
  const [told] = members.flatMap((member) => tell(member, 0)).filter(({ planted }) => planted > 1)
  if (told === undefined) throw new Error('nothing was planted')
  expect(recallFigure(0, [{ ...told, recalled: told.planted - 1 }]).value).toBe(1 - 1 / told.planted)
})

it('counts the facts of direct needs alone', () => {
  for (const member of members)
    for (const { parents, planted } of tell(member, 0)) if (parents === 0) expect(planted).toBe(0)
})
