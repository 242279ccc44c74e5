import { atLeast, atMost, type Chart, type Figure, type Line } from '../benchmark.ts'
import { none, spread } from '../figures.ts'
import { nameOf } from '../graphs/corpus.ts'
import { mean } from '../statistics.ts'
import { KINDS } from './draw.ts'
import { type Failed, SLOTS } from './fail.ts'

export const B4 = 'B4'
export const SHARES = [0.05, 0.1, 0.3] as const
/** The share for which there are targets. */
const JUDGED = 0.1

export const figuresOf = (found: readonly Failed[]): Figure[] => [
  ...ratiosOf('makespan / failure-free', found, ({ ours, free }) => ours / free, atMost(1.15)),
  none(
    B4,
    'unaffected tasks disturbed',
    sum(found, ({ disturbed }) => disturbed),
    `${sum(found, ({ unaffected }) => unaffected)} tasks of ${found.length} runs: begun and landed once each`,
  ),
  ...ratiosOf(
    'stop-the-world / ours',
    found.filter(({ failures }) => failures > 0),
    ({ stopped, ours }) => stopped / ours,
    atLeast(1.15),
  ),
  ...spread(
    B4,
    `stopping for new plans only / ours, ${percent(JUDGED)} fail`,
    found.filter(({ share, replans }) => share === JUDGED && replans > 0).map((one) => one.stoppedToPlan / one.ours),
    null,
  ),
  replansOf(found),
]

/** One row for each share, the judged one first and by kinds. */
function ratiosOf(
  figure: string,
  found: readonly Failed[],
  ratio: (one: Failed) => number,
  target: Figure['target'],
): Figure[] {
  const row = (name: string, which: (one: Failed) => boolean, judged: Figure['target'] = null) =>
    spread(B4, name, found.filter(which).map(ratio), judged)
  return [
    ...row(`${figure}, ${percent(JUDGED)} fail`, ({ share }) => share === JUDGED, target),
    ...KINDS.flatMap((kind) => row(`the same, ${kind}`, (one) => one.share === JUDGED && one.kind === kind)),
    ...SHARES.filter((share) => share !== JUDGED).flatMap((share) =>
      row(`${figure}, ${percent(share)} fail`, (one) => one.share === share),
    ),
  ]
}

/** How far the limit on new plans reaches: what fails beyond it can be done at the second attempt. */
function replansOf(found: readonly Failed[]): Figure {
  const some = found.filter(({ kind }) => kind !== 'retry')
  const replans = sum(some, (one) => one.replans)
  const failures = sum(some, (one) => one.failures)
  const attempts = sum(some, (one) => one.attempts)
  return {
    benchmark: B4,
    figure: 'parts planned again, of tasks that fail',
    value: (100 * replans) / failures,
    unit: '%',
    target: null,
    basis: `${replans} of ${failures} in ${some.length} runs, at most ${Math.max(...some.map((one) => one.replans))} in one; ${attempts} attempts failed`,
  }
}

const percent = (share: number): string => `${share * 100} %`

const sum = (found: readonly Failed[], of: (one: Failed) => number): number =>
  found.reduce((total, one) => total + of(one), 0)

export const lineOf = ({ member, ...one }: Failed): Line => ({ benchmark: B4, ...nameOf(member), ...one })

export const chartOf = (found: readonly Failed[]): Chart => ({
  title: `Makespan over the failure-free one, ${SLOTS} slots`,
  x: 'share of tasks that fail',
  y: 'times as long (mean)',
  points: SHARES.flatMap((x) => {
    const some = found.filter(({ share }) => share === x)
    const ours = KINDS.map((series) => ({ series, of: some.filter(({ kind }) => kind === series) }))
    return [
      ...ours.map(({ series, of }) => ({ x, series, y: mean(of.map((one) => one.ours / one.free)) })),
      { x, series: 'stop the world', y: mean(some.map(({ stopped, free }) => stopped / free)) },
    ]
  }),
})
