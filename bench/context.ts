import type { Benchmark } from './benchmark.ts'
import { tell } from './context/briefs.ts'
import { B7, chartOf, growthFigures, lineOf, recallFigure } from './context/figures.ts'
import { worthwhile } from './graphs/corpus.ts'

/** The likelihood that an agent says more than it is asked for. */
const LAVISH = [0, 0.02, 0.1, 0.3, 1] as const

export const context: Benchmark = {
  name: B7,
  summary: 'what of earlier work reaches those who build on it, and how briefs grow',
  async measure(quick, say) {
    const members = worthwhile(quick ? [24, 100] : [24, 100, 300], () => 1)
    const told = LAVISH.map((lavish) => {
      say(`${lavish * 100} % say more than they are asked for`)
      return { lavish, told: members.flatMap((member) => tell(member, lavish)) }
    })
    // How briefs grow is seen where nothing is cut.
    const whole = told.flatMap((one) => (one.lavish === 0 ? one.told : []))
    return {
      figures: [...told.map((one) => recallFigure(one.lavish, one.told)), ...growthFigures(whole)],
      lines: told.flatMap((one) => one.told.map(lineOf)),
      charts: [chartOf(whole)],
    }
  },
}
