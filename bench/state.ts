import { atMost, type Benchmark, type Figure } from './benchmark.ts'
import { corpus } from './graphs/corpus.ts'
import { type Contended, contend } from './state/contend.ts'
import { type Resumed, resumeEverywhere } from './state/resume.ts'

const B6 = 'B6'

export const state: Benchmark = {
  name: B6,
  summary: 'one journal, many writers, and writers that are killed',
  async measure(quick, say) {
    const contended: Contended[] = []
    for (const writers of quick ? [1, 4] : [1, 2, 4, 8, 16])
      for (const killed of [false, true]) {
        contended.push(await contend(writers, killed))
        say(`${writers} writers`)
      }
    const resumed: Resumed[] = []
    for (const { workload } of corpus(quick ? [8] : [24], () => 1)) resumed.push(await resumeEverywhere(workload, 4))
    return {
      figures: figuresOf(contended, resumed),
      lines: contended.map((one) => ({ benchmark: B6, kind: 'contend', ...one })),
      charts: [chartOf(contended)],
    }
  },
}

function figuresOf(contended: readonly Contended[], resumed: readonly Resumed[]): Figure[] {
  const sum = (of: (one: Contended) => number) => contended.reduce((total, one) => total + of(one), 0)
  const all = (of: (one: Resumed) => number) => resumed.reduce((total, one) => total + of(one), 0)
  const most = contended.filter(({ kills }) => kills === 0).at(-1)
  const basis = `${sum(({ written }) => written)} events, up to ${Math.max(...contended.map(({ writers }) => writers))} writers, ${sum(({ kills }) => kills)} kills`
  const none = (figure: string, value: number, from: string): Figure => ({
    benchmark: B6,
    figure,
    value,
    unit: '',
    target: atMost(0),
    basis: from,
  })
  const rate = most === undefined ? Number.NaN : most.written / most.seconds
  return [
    none(
      'events lost',
      sum(({ lost }) => lost),
      basis,
    ),
    none(
      'events doubled',
      sum(({ doubled }) => doubled),
      basis,
    ),
    none(
      'journals torn',
      sum(({ torn }) => torn),
      `${contended.length} journals: is the snapshot the fold of the events?`,
    ),
    none(
      'wake-ups that resume otherwise',
      all(({ different }) => different),
      `${all(({ wakeUps }) => wakeUps)} wake-ups of ${resumed.length} runs, each decided again from the journal alone`,
    ),
    none(
      'states that are not the fold',
      all(({ unfolded }) => unfolded),
      `${all(({ wakeUps }) => wakeUps)} wake-ups`,
    ),
    {
      benchmark: B6,
      figure: `events a second, ${most?.writers ?? 0} writers`,
      value: rate,
      unit: '',
      target: null,
      basis: 'one journal over smart HTTP, start of the processes counted in',
    },
  ]
}

const chartOf = (contended: readonly Contended[]) => ({
  title: 'Events a second on one journal',
  x: 'writers',
  y: 'events a second',
  log: true,
  points: contended.map(({ writers, kills, written, seconds }) => ({
    x: writers,
    y: written / seconds,
    series: kills > 0 ? 'with kills' : 'without',
  })),
})
