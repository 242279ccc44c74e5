import { workOf } from '../src/core/state.ts'
import { atMost, type Benchmark, type Figure, type Line } from './benchmark.ts'
import { planOf, taskOf } from './graphs/workload.ts'
import type { Workload } from './machine/conditions.ts'
import { type Outcome, runMachine } from './machine/machine.ts'
import { gitWorld } from './merging/git-world.ts'
import { slowFigure, slowMerges } from './merging/slow.ts'
import { integer, lognormal, randomOf, seedOf } from './random.ts'
import { mean, percentile, summary } from './statistics.ts'

const B5 = 'B5'
const SLOTS = 8
/** Shares of the branches that touch one file besides their own. */
const CONFLICTS = [0, 0.1, 0.28, 0.77] as const
const ORDERS = 3

interface Merged {
  files: number
  branches: number
  conflicts: number
  /** Milliseconds of each merge, clean or not. */
  merges: number[]
  trees: number
  lost: number
  conflicted: number
  ended: boolean
}

/** Independent tasks whose branches meet on trunk, in several orders of completion. */
async function mergeAll(files: number, branches: number, conflicts: number): Promise<Merged> {
  const random = randomOf(seedOf('shares', branches, conflicts))
  const ids = Array.from({ length: branches }, (_, index) => `t${index + 1}`)
  const sharing = new Set(ids.filter(() => random() < conflicts))
  const world = await gitWorld(files, (task) => sharing.has(task))
  try {
    const runs: Outcome[] = []
    for (let order = 1; order <= ORDERS; order += 1)
      runs.push(
        await runMachine(branching(ids, sharing, order), { slots: SLOTS, repo: world.repo, start: world.start }),
      )
    const works = runs.map(({ state }) => workOf(state))
    const tips = works.map((work) => work?.trunk.tip ?? '')
    const lost = works.map((work, index) => {
      const heads = Object.values(work?.tasks ?? {}).map(({ state }) => (state.status === 'landed' ? state.head : null))
      return heads.filter((head) => head === null || !world.isIn(head, tips[index] ?? '')).length
    })
    return {
      files,
      branches,
      conflicts,
      merges: world.merges,
      trees: new Set(tips.map(world.treeOf)).size,
      lost: lost.reduce((sum, one) => sum + one, 0),
      conflicted: runs.flatMap(({ events }) => events.filter(({ type }) => type === 'task_conflicted')).length,
      ended: runs.every(({ makespan }) => !Number.isNaN(makespan)),
    }
  } finally {
    world.close()
  }
}

function branching(ids: readonly string[], sharing: ReadonlySet<string>, order: number): Workload {
  const random = randomOf(seedOf('order', ids.length, order))
  const minutes = new Map(ids.map((id) => [id, 5 * lognormal(random, 1)]))
  const tasks = ids.map((id) => {
    const task = taskOf(id, [], 'medium')
    return sharing.has(id) ? { ...task, writes: [...task.writes, 'shared.txt'] } : task
  })
  return {
    name: `${ids.length} branches`,
    plan: planOf('branches', tasks),
    attempt: (id) => ({ minutes: minutes.get(id) ?? 1, failure: null }),
  }
}

interface Searched {
  branches: number
  verifications: number
  found: boolean
}

/** One merge breaks trunk though it was clean: how many verifications name it. */
async function search(branches: number, seed: number): Promise<Searched> {
  const ids = Array.from({ length: branches }, (_, index) => `t${index + 1}`)
  const culprit = ids[integer(randomOf(seedOf('culprit', branches, seed)), branches)] ?? ''
  const broken = new Set<string>()
  let isBroken = false
  const { events } = await runMachine(branching(ids, new Set(), seed), {
    slots: SLOTS,
    passes: (on) => !broken.has(on),
    hear: (heard) => {
      for (const event of heard) {
        if (event.type !== 'trunk_moved') continue
        isBroken ||= event.task === culprit
        if (isBroken) broken.add(event.sha)
      }
    },
  })
  const verifications = events.filter(({ type }) => type === 'verification_started').length
  return {
    branches,
    verifications,
    found: events.some((event) => event.type === 'culprit_found' && event.task === culprit),
  }
}

export const merging: Benchmark = {
  name: B5,
  summary: 'merging with real git',
  async measure(quick, say) {
    const found: Merged[] = []
    const many = quick ? [1, 8] : [1, 8, 64, 200]
    for (const files of [100, 100_000])
      for (const branches of many)
        for (const conflicts of branches === 64 || quick ? CONFLICTS : [0]) {
          found.push(await mergeAll(files, branches, conflicts))
          say(`${branches} branches, ${files} files, ${conflicts * 100} % conflicts`)
        }
    const searched: Searched[] = []
    for (const branches of many) for (let seed = 1; seed <= 5; seed += 1) searched.push(await search(branches, seed))
    const slow = await slowMerges()
    return {
      figures: figuresOf(found, searched, slow),
      lines: [...found.map(lineOf), ...searched.map(searchLine)],
      charts: [chartOf(found)],
    }
  },
}

function figuresOf(found: readonly Merged[], searched: readonly Searched[], slow: readonly number[]): Figure[] {
  const clean = found.filter(({ conflicts, merges }) => conflicts === 0 && merges.length > 0)
  const perMerge = (files: number, target: Figure['target']): Figure => {
    const merges = clean.filter((one) => one.files === files).flatMap((one) => one.merges)
    const { p50, p90, count, max } = summary(merges)
    const basis = `${count} merges: p90 ${p90.toFixed(1)}, max ${max.toFixed(1)}`
    return { benchmark: B5, figure: `a clean merge, ${files} files (median)`, value: p50, unit: 'ms', target, basis }
  }
  const sum = (of: (one: Merged) => number) => found.reduce((total, one) => total + of(one), 0)
  const count = (figure: string, value: number, basis: string): Figure => ({
    benchmark: B5,
    figure,
    value,
    unit: '',
    target: atMost(0),
    basis,
  })
  const runs = found.length * ORDERS
  const extra = searched.map(({ branches, verifications }) => verifications - Math.ceil(Math.log2(branches + 1)))
  return [
    perMerge(100, null),
    perMerge(100_000, atMost(5)),
    count(
      'sets of branches with more than one final tree',
      found.filter(({ trees }) => trees !== 1).length,
      `${found.length} sets, ${ORDERS} orders of completion each`,
    ),
    count(
      'commits lost',
      sum(({ lost }) => lost),
      `${runs} runs, ${sum(({ branches }) => branches) * ORDERS} branches, ${sum(({ conflicted }) => conflicted)} conflicts`,
    ),
    count('runs that came to no end', found.filter(({ ended }) => !ended).length, `${runs} runs`),
    slowFigure(slow),
    count(
      'culprits of a broken trunk not found',
      searched.filter(({ found: one }) => !one).length,
      `${searched.length} searches`,
    ),
    {
      benchmark: B5,
      figure: 'verifications beyond log2 of the merges',
      value: mean(extra),
      unit: '',
      target: null,
      basis: `${searched.length} searches, most ${Math.max(...extra)}`,
    },
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
const searchLine = (one: Searched): Line => ({ benchmark: B5, kind: 'search', ...one })

const chartOf = (found: readonly Merged[]) => ({
  title: 'Milliseconds a merge, by the size of the repository',
  x: 'branches',
  y: 'ms (median)',
  log: true,
  points: found
    .filter(({ conflicts, merges }) => conflicts === 0 && merges.length > 0)
    .map(({ files, branches, merges }) => ({ x: branches, series: `${files} files`, y: percentile(merges, 0.5) })),
})
