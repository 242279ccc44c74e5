import type { Benchmark } from './benchmark.ts'
import { chartOf, lineOf, MANY_FILES, mergeFigures } from './merging/merge-figures.ts'
import { type Merged, mergeAll } from './merging/orders.ts'
import { searchFigures, searchLine } from './merging/search-figures.ts'
import { type Searched, searchAll } from './merging/semantic.ts'
import { slowMerges } from './merging/slow.ts'

/** Shares of the branches that touch one file besides their own. */
const CONFLICTS = [0, 0.1, 0.28, 0.77] as const
/** Shares of the branches that merge cleanly and break the verification. */
const SEMANTIC = [0, 0.05, 0.1] as const

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
  name: 'B5',
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
