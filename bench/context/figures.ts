import { atLeast, atMost, type Chart, type Figure, type Line } from '../benchmark.ts'
import { nameOf } from '../graphs/corpus.ts'
import { mean } from '../statistics.ts'
import { CHARACTERS_PER_TOKEN, type Told } from './briefs.ts'

export const B7 = 'B7'

const sum = (told: readonly Told[], of: (one: Told) => number): number =>
  told.reduce((total, one) => total + of(one), 0)

/** One row for each likelihood that an agent says more than it is asked for: the real rate is unknown. */
export function recallFigure(lavish: number, told: readonly Told[]): Figure {
  const planted = sum(told, (one) => one.planted)
  return {
    benchmark: B7,
    figure: `facts of direct needs that reach the worker, ${lavish * 100} % lavish`,
    value: sum(told, (one) => one.recalled) / planted,
    unit: '',
    target: atLeast(0.99),
    basis: `${planted} planted facts in the prompts of ${told.length} tasks`,
  }
}

/** The last quarter of each run: briefs name other finished tasks, 16 of them at most, and early ones have fewer to name. */
const isLate = ({ before, member: { n } }: Told): boolean => before >= n * 0.75

export function growthFigures(told: readonly Told[]): Figure[] {
  const late = told.filter(isLate)
  const large = Math.max(...late.map(({ member: { n } }) => n))
  const of = (n: number, parents: number) =>
    late.filter((one) => one.member.n === n && one.parents === parents).map(({ tokens }) => tokens)
  const ratio = (figure: string, tokens: number[], than: number[], target: Figure['target']): Figure => ({
    benchmark: B7,
    figure,
    value: mean(tokens) / mean(than),
    unit: '',
    target,
    basis: `last quarter of each run: ${mean(tokens).toFixed(0)} and ${mean(than).toFixed(0)} tokens at ${CHARACTERS_PER_TOKEN} characters each, in ${tokens.length} and ${than.length} briefs`,
  })
  return [
    ratio(`a brief's tokens, run of ${large} / run of 24, 2 needs`, of(large, 2), of(24, 2), atMost(1.1)),
    ratio(`a brief's tokens, 4 needs / 1 need, runs of ${large}`, of(large, 4), of(large, 1), null),
  ]
}

export const lineOf = ({ member, ...one }: Told): Line => ({ benchmark: B7, ...nameOf(member), ...one })

export const chartOf = (told: readonly Told[]): Chart => ({
  title: 'Tokens of a brief by the number of needs',
  x: 'needs',
  y: 'tokens (mean)',
  points: [...new Set(told.map(({ member }) => member.n))]
    .filter((n) => n >= 24)
    .flatMap((n) =>
      [0, 1, 2, 3, 4, 5, 6].flatMap((x) => {
        const some = told.filter((one) => one.member.n === n && one.parents === x)
        return some.length === 0 ? [] : [{ x, series: `${n} tasks`, y: mean(some.map(({ tokens }) => tokens)) }]
      }),
    ),
})
