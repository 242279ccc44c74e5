import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../__tests__/e2e/support/repository.ts'
import { coldStart } from '../__tests__/support/cold-start.ts'
import { atMost, type Benchmark, type Figure } from './benchmark.ts'
import { worthwhile } from './graphs/corpus.ts'
import { type Served, serve } from './overhead/hub.ts'
import { countFigures, secondFigures, servedLine } from './overhead/hub-figures.ts'
import { measurePaces, paceFigures, paceLine } from './overhead/pace-figures.ts'
import { measureStarts, startChart, startFigures, startLine } from './overhead/starts.ts'
import { percentile } from './statistics.ts'

const B3 = 'B3'
/** More pushes a minute than anything here could make. */
const NO_LIMIT = 6000

export const overhead: Benchmark = {
  name: B3,
  summary: 'starts of slots, the processor, requests and pushes, the cold start',
  async measure(quick, say) {
    const members = worthwhile(quick ? [24] : [24, 100], () => 1)
    // First what starts processes: that takes the longer, the more memory this one holds.
    const served: Served[] = []
    for (const tasks of quick ? [12] : [12, 40]) served.push(await serve(tasks, null))
    const unlimited = await serve(quick ? 12 : 40, NO_LIMIT)
    say('hub')
    const [cold, bare]: [number[], number[]] = [[], []]
    for (let time = 0; time < 7; time += 1) {
      bare.push(bareStart())
      cold.push((await coldStart(join(ROOT, 'dist'))).ms)
    }
    const starts = await measureStarts(members)
    say('starts')
    const paces = await measurePaces(quick ? [1000] : [1000, 10_000])
    say('processor')
    return {
      figures: [
        ...startFigures(starts),
        ...paceFigures(paces),
        ...served.flatMap(countFigures),
        ...secondFigures(unlimited),
        coldFigure(cold, bare),
      ],
      lines: [
        ...starts.map(startLine),
        ...paces.map(paceLine),
        ...served.map((one) => servedLine(one, 'by default')),
        servedLine(unlimited, 'no limit'),
      ],
      charts: [startChart(starts)],
    }
  },
}

/** Milliseconds that Node takes to start and do nothing. */
function bareStart(): number {
  const begun = performance.now()
  spawnSync(process.execPath, ['-e', '0'])
  return performance.now() - begun
}

function coldFigure(times: readonly number[], bare: readonly number[]): Figure {
  const least = percentile(bare, 0.5)
  const shown = times.map((time) => time.toFixed(0)).join(', ')
  return {
    benchmark: B3,
    figure: 'cold start to the first request',
    value: percentile(times, 0.5),
    unit: 'ms',
    target: atMost(Math.round(2 * least + 60)),
    basis: `median of ${times.length}: ${shown}; the target is twice \`node -e 0\` (${least.toFixed(0)}) and 60`,
  }
}
