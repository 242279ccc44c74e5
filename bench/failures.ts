import type { Benchmark } from './benchmark.ts'
import { KINDS } from './failures/draw.ts'
import { type Failed, fail, withoutFailures } from './failures/fail.ts'
import { B4, chartOf, figuresOf, lineOf, SHARES } from './failures/figures.ts'
import { worthwhile } from './graphs/corpus.ts'

export const failures: Benchmark = {
  name: B4,
  summary: 'tasks that fail, are tried again, split, or change what others rest on',
  async measure(quick, say) {
    const members = worthwhile(quick ? [24] : [24, 100], (n) => (quick || n > 24 ? 1 : 2))
    const found: Failed[] = []
    for (const member of members) {
      const free = await withoutFailures(member)
      for (const kind of KINDS) for (const share of SHARES) found.push(await fail(member, share, kind, free))
      say(`${member.family} of ${member.n}, sigma ${member.sigma}`)
    }
    return { figures: figuresOf(found), lines: found.map(lineOf), charts: [chartOf(found)] }
  },
}
