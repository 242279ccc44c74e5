import type { Benchmark, Figure } from './benchmark.ts'
import { none } from './figures.ts'
import { corpus } from './graphs/corpus.ts'
import { overCeiling } from './machine/graham.ts'
import { againstBound, boundChart, boundFigures, boundLine, gainFigure } from './makespan/bound.ts'
import { againstRivals, comparedLine, rivalChart, rivalFigures } from './makespan/compared.ts'
import { graphLine, graphTable, measured } from './makespan/graphs.ts'
import { againstOptimum, optimumFigures, smallLine } from './makespan/optimal.ts'
import { B1 } from './makespan/run.ts'
import { exactTracks, straggle, stragglingFigures } from './makespan/straggling.ts'
import { percentile } from './statistics.ts'

export const makespan: Benchmark = {
  name: B1,
  summary: 'makespan against the bound, the optimum and the rules of others',
  async measure(quick, say) {
    const seeds = quick ? 1 : 4
    const sizes = quick ? [8, 24] : [8, 24, 100, 300]
    const members = measured([...corpus(sizes, (n) => (n >= 100 ? 1 : seeds))])
    const bounded = await againstBound(members, say)
    const some = new Map([...members].filter(([{ n, sigma, seed }]) => seed === 1 && (n < 300 || sigma === 0.7)))
    const compared = await againstRivals(some)
    const long = sizes.slice(quick ? 1 : 2)
    const straggling = await straggle([...members.keys()].filter(({ n, seed }) => seed === 1 && long.includes(n)))
    const exact = await straggle(long.map(exactTracks))
    const small = await againstOptimum(corpus([6, 8, 10], () => seeds))
    const held = [...bounded, ...straggling, ...exact].map(({ ofCeiling }) => ofCeiling)
    return {
      figures: [
        ...boundFigures(bounded),
        grahamFigure([...held, ...small.flatMap(({ ofCeiling }) => ofCeiling)]),
        ...rivalFigures(compared),
        ...gainFigure(bounded, new Set(some.keys()), 4),
        ...stragglingFigures(straggling, exact),
        ...optimumFigures(small),
      ],
      lines: [
        ...[...members].map(graphLine),
        ...bounded.map(boundLine),
        ...compared.map(comparedLine),
        ...small.map(smallLine),
      ],
      charts: [boundChart(bounded), rivalChart(compared)],
      tables: [graphTable(members)],
    }
  },
}

/** Those over it threw on the way; how near the others come shows that it is a ceiling at all. */
function grahamFigure(shares: readonly number[]): Figure {
  const [half, most] = [percentile(shares, 0.5), percentile(shares, 0.9)]
  const basis = `each of ${shares.length} schedules without costs; p50 ${half.toFixed(3)}, p90 ${most.toFixed(3)} of it`
  return none(B1, 'schedules over Graham’s ceiling', shares.filter(overCeiling).length, basis)
}
