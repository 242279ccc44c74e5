import { atMost, type Benchmark, type Figure, type Line } from './benchmark.ts'
import { none, spread } from './figures.ts'
import { type Merged, mergeAll, ORDERS } from './merging/orders.ts'
import { type Named, type Searched, searchAll } from './merging/semantic.ts'
import { slowMerges } from './merging/slow.ts'
import { percentile, summary } from './statistics.ts'

const B5 = 'B5'
/** Shares of the branches that touch one file besides their own. */
const CONFLICTS = [0, 0.1, 0.28, 0.77] as const
/** Shares of the branches that merge cleanly and break the verification. */
const SEMANTIC = [0, 0.05, 0.1] as const
const MANY_FILES = 100_000

interface Size {
  files: number
  branches: number
  conflicts: readonly number[]
}

/** Among many files, one number of branches meets every rate: what a merge takes does not depend on how many conflict. */
const SIZES: readonly Size[] = [
  { files: 100, branches: 1, conflicts: [0] },
  ...[8, 64, 200].map((branches) => ({ files: 100, branches, conflicts: CONFLICTS })),
  ...[1, 8, 200].map((branches) => ({ files: MANY_FILES, branches, conflicts: [0] })),
  { files: MANY_FILES, branches: 64, conflicts: CONFLICTS },
]
const QUICK_SIZES: readonly Size[] = [
  { files: 100, branches: 8, conflicts: CONFLICTS },
  { files: MANY_FILES, branches: 8, conflicts: [0, 0.28] },
]

/** How many seeds for so many branches: small runs hold one clash at most, and large ones take long. */
const SEARCHES = new Map([
  [8, 5],
  [64, 2],
  [200, 1],
])
const QUICK_SEARCHES = new Map([
  [8, 2],
  [64, 1],
])

type Say = (line: string) => void

export const merging: Benchmark = {
  name: B5,
  summary: 'merging with real git',
  async measure(quick, say) {
    const merged = await measureMerges(quick ? QUICK_SIZES : SIZES, say)
    const searched = await measureSearches(quick ? QUICK_SEARCHES : SEARCHES, say)
    const slow = await slowMerges()
    return {
      figures: [...mergeFigures(merged), ...slow, ...searchFigures(searched)],
      lines: [...merged.map(lineOf), ...searched.map(searchLine)],
      charts: [chartOf(merged)],
    }
  },
}

async function measureMerges(sizes: readonly Size[], say: Say): Promise<Merged[]> {
  const found: Merged[] = []
  for (const { files, branches, conflicts } of sizes)
    for (const rate of conflicts) {
      found.push(await mergeAll(files, branches, rate))
      say(`${branches} branches, ${files} files, ${percent(rate)} conflicts`)
    }
  return found
}

async function measureSearches(sizes: ReadonlyMap<number, number>, say: Say): Promise<Searched[]> {
  const found: Searched[] = []
  for (const [branches, seeds] of sizes)
    for (const semantic of SEMANTIC)
      for (let seed = 1; seed <= seeds; seed += 1) {
        found.push(await searchAll(branches, semantic, seed))
        say(`${branches} branches, ${percent(semantic)} break trunk`)
      }
  return found
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

const sumOf = <One>(all: readonly One[], of: (one: One) => number): number =>
  all.reduce((total, one) => total + of(one), 0)

function mergeFigures(found: readonly Merged[]): Figure[] {
  const perMerge = (files: number, target: Figure['target']): Figure => {
    const merges = found.filter((one) => one.files === files).flatMap((one) => one.merges)
    const { p50, p90, mean, count, max } = summary(merges)
    const basis = `${count} merges, wall clock: mean ${mean.toFixed(1)}, p90 ${p90.toFixed(1)}, max ${max.toFixed(1)}`
    return { benchmark: B5, figure: `a clean merge, ${files} files (median)`, value: p50, unit: 'ms', target, basis }
  }
  const runs = found.length * ORDERS
  const branches = sumOf(found, (one) => one.branches) * ORDERS
  const conflicts = sumOf(found, ({ conflicted }) => conflicted)
  const torn = found.filter(({ trees }) => trees !== 1).length
  const lost = sumOf(found, (one) => one.lost)
  const unended = runs - sumOf(found, ({ ended }) => ended)
  return [
    perMerge(100, null),
    perMerge(MANY_FILES, atMost(5)),
    none(
      B5,
      'sets of branches with more than one final tree',
      torn,
      `${found.length} sets, ${ORDERS} orders of completion each`,
    ),
    none(B5, 'commits lost', lost, `${runs} runs, ${branches} branches, ${conflicts} conflicts`),
    none(B5, 'runs that came to no end', unended, `${runs} runs`),
  ]
}

function searchFigures(searched: readonly Searched[]): Figure[] {
  const broken = searched.filter(({ clashes }) => clashes > 0)
  const sound = searched.filter(({ clashes }) => clashes === 0)
  const first = broken.flatMap(({ named }) => named.slice(0, 1))
  const later = broken.flatMap(({ named }) => named.slice(1))
  const wrong = (named: Searched['named']) => named.filter(({ right }) => !right).length
  const runs = `${broken.length} runs of up to ${Math.max(...broken.map(({ branches }) => branches))} branches, 5 and 10 % of them clash`
  const beyond = ({ merges, verifications }: Named) => verifications - Math.ceil(Math.log2(merges + 1))
  return [
    none(B5, 'culprits named wrongly, the first of a run', wrong(first), `${first.length} named in ${runs}`),
    none(B5, 'culprits named wrongly, once others are mended', wrong(later), `${later.length} named in the same`),
    none(
      B5,
      'culprits that nobody can send back',
      broken.filter(({ refused }) => refused).length,
      `${first.length + later.length} named; \`/retry\` is refused`,
    ),
    none(
      B5,
      'broken trunks that never passed',
      broken.filter(({ passed }) => !passed).length,
      `${runs}; each culprit is sent back by a person`,
    ),
    none(
      B5,
      'culprits named where nothing clashes',
      sumOf(sound, ({ named, passed }) => named.length + Number(!passed)),
      `${sound.length} runs`,
    ),
    ...spread(B5, 'verifications beyond log2 of the merges', first.map(beyond), null, 'first culprits'),
    ...spread(B5, 'the same, once others are mended', later.map(beyond), null, 'later culprits'),
  ]
}

const lineOf = ({ merges, ...one }: Merged): Line => ({
  benchmark: B5,
  kind: 'merge',
  ...one,
  merges: merges.length,
  p50: percentile(merges, 0.5),
  p90: percentile(merges, 0.9),
})
const searchLine = ({ named, ...one }: Searched): Line => ({
  benchmark: B5,
  kind: 'search',
  ...one,
  named: named.length,
  wrong: named.filter(({ right }) => !right).length,
  perCulprit: named.map(({ verifications }) => verifications).join(' '),
})

const chartOf = (found: readonly Merged[]) => ({
  title: 'Milliseconds a merge, by the size of the repository',
  x: 'branches',
  y: 'ms (median)',
  log: true,
  points: found
    .filter(({ conflicts, merges }) => conflicts === 0 && merges.length > 0)
    .map(({ files, branches, merges }) => ({ x: branches, series: `${files} files`, y: percentile(merges, 0.5) })),
})
