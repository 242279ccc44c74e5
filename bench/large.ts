import { atMost, type Benchmark, type Figure } from './benchmark.ts'
import { type SlotTimes, slotTimes } from './large/slot-times.ts'
import { percentile } from './statistics.ts'

const B9 = 'B9'
const TASKS = 10
/** Of each task: longer than the orchestrator's look, as real ones are. */
const SECONDS = 3
const LARGE = 100_000

export const large: Benchmark = {
  name: B9,
  summary: 'what a task costs a slot beside its work, in a large repository',
  async measure(quick, say) {
    const measured: SlotTimes[] = []
    for (const files of quick ? [28_000] : [500, 28_000, LARGE]) {
      measured.push(await slotTimes(files, 1, TASKS, SECONDS))
      say(`${files} files`)
    }
    if (!quick) measured.push(await slotTimes(28_000, 3, TASKS, SECONDS))
    return {
      figures: measured.flatMap(figuresOf),
      lines: measured.map(({ own, between, decided, fetched, ...one }) => ({
        benchmark: B9,
        ...one,
        own: shown(own),
        between: shown(between),
        decided: shown(decided),
        fetchedByOrchestrator: fetched.orchestrator,
        fetchedBySlot: fetched.slot,
      })),
      charts: [],
    }
  },
}

const shown = (values: readonly number[]): string => values.map((value) => value.toFixed(2)).join(' ')

function figuresOf({ files, slots, own, between, first, fetched }: SlotTimes): Figure[] {
  const at = `${files} files, ${slots === 1 ? 'one slot' : `${slots} slots`}`
  const figure = (what: string, value: number, target: number | null, basis: string): Figure => ({
    benchmark: B9,
    figure: `${what}, ${at}`,
    value,
    unit: 's',
    target: target === null || slots > 1 ? null : atMost(target),
    basis,
  })
  const bytes = (what: string, value: number, target: number | null, basis: string): Figure => ({
    ...figure(what, value / 1_000_000, target, basis),
    unit: 'MB',
  })
  const all = (values: readonly number[]) => `median of ${values.length} tasks of ${SECONDS} s: ${shown(values)}`
  // The first task of a slot also checks the sandbox and brings the index up to date.
  return [
    figure(
      'seconds of a slot for a task, beside work and acceptance',
      percentile(own.slice(slots), 0.5),
      files === LARGE ? 0.8 : 0.4,
      all(own),
    ),
    figure('from a result handed over to the next task begun', percentile(between, 0.5), 0.4, all(between)),
    figure('from the approval to the first task begun', first, 2, 'with the start of the jobs and their checkouts'),
    bytes('fetched by the orchestrator', fetched.orchestrator, 1, 'from the approval on, of git; no task conflicts'),
    bytes('fetched by a slot', fetched.slot, null, 'of git: its checkout, its bases, its looks at the journal'),
  ]
}
