import type { Benchmark, Figure } from './benchmark.ts'
import { none } from './figures.ts'
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
      figures: [...contendedFigures(contended), ...resumedFigures(resumed)],
      lines: [
        ...contended.map((one) => ({ benchmark: B6, kind: 'contend', ...one })),
        ...resumed.map((one) => ({ benchmark: B6, kind: 'resume', ...one })),
      ],
      charts: [chartOf(contended)],
    }
  },
}

const sumOf = <One>(all: readonly One[], of: (one: One) => number): number =>
  all.reduce((total, one) => total + of(one), 0)

function contendedFigures(contended: readonly Contended[]): Figure[] {
  const sum = (of: (one: Contended) => number) => sumOf(contended, of)
  const basis = `${sum(({ written }) => written)} events, up to ${Math.max(...contended.map(({ writers }) => writers))} writers, ${sum(({ kills }) => kills)} kills`
  const alone = contended.filter(({ kills }) => kills === 0).at(-1)
  return [
    none(
      B6,
      'events lost',
      sum(({ lost }) => lost),
      basis,
    ),
    none(
      B6,
      'events doubled',
      sum(({ doubled }) => doubled),
      basis,
    ),
    none(
      B6,
      'journals torn',
      sum(({ torn }) => torn),
      `${contended.length} journals: is the snapshot the fold of the events?`,
    ),
    none(
      B6,
      'branches that do not agree with the journal',
      sum(({ apart }) => apart),
      `${sum(({ writers }) => writers)} branches, each moved by the pushes of one writer`,
    ),
    {
      benchmark: B6,
      figure: `events a second, ${alone?.writers ?? 0} writers`,
      value: alone === undefined ? Number.NaN : alone.written / alone.seconds,
      unit: '',
      target: null,
      basis: 'one journal over smart HTTP, start of the processes counted in',
    },
  ]
}

function resumedFigures(resumed: readonly Resumed[]): Figure[] {
  const all = (of: (one: Resumed) => number) => sumOf(resumed, of)
  const wakeUps = `${all((one) => one.wakeUps)} wake-ups of ${resumed.length} runs`
  return [
    none(
      B6,
      'wake-ups that resume otherwise',
      all(({ different }) => different),
      `${wakeUps}, each decided again from the journal alone: events and refs`,
    ),
    none(
      B6,
      'states that are not the fold',
      all(({ unfolded }) => unfolded),
      wakeUps,
    ),
    none(
      B6,
      'requests for slots lost or doubled',
      all(({ amiss }) => amiss),
      `${all(({ deaths }) => deaths)} deaths between the push and GitHub’s answer`,
    ),
    none(B6, 'runs that came to no end', resumed.filter(({ ended }) => !ended).length, `${resumed.length} runs`),
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
