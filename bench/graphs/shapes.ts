import type { TaskId } from '../../src/core/ids.ts'
import { topologicalOrder } from '../../src/core/plan/graph.ts'
import type { Graph } from './workload.ts'

/**
 * Shapes of plans for changes as repositories see them, written down by hand: `a > b` says that b needs a, `!` marks a task
 * of weight 2.5, `.` one of weight 0.4. They stand for kinds of changes, not for anybody's record of them.
 */
const SHAPES: Readonly<Record<string, string>> = {
  'endpoint with page': 'schema. > model > api > client > e2e, schema > fixtures. > page! > e2e, api > docs.',
  'checkout feature':
    'types. > cart > checkout! > e2e, types > prices > checkout, types > address > checkout, types > payment! > webhook > e2e, cart > page > e2e, payment > receipts, checkout > docs., prices > admin',
  'rename across packages':
    'core > p1. > check, core > p2. > check, core > p3. > check, core > p4. > check, core > p5. > check, core > p6 > check, core > p7 > check, core > p8! > check, core > p9. > check',
  'major upgrade of a framework':
    'bump. > codemod > a > clean, codemod > b > clean, codemod > c! > clean, codemod > d > clean, bump > build! > clean, bump > tests > clean, clean > ci. > notes.',
  'five clients of one interface':
    'spec > generator! > go > release., generator > python > release, generator > java! > release, generator > ruby > release, generator > typescript > release, spec > docs > release, spec > mock. > contract > release',
  'service taken out of a monolith':
    'seam > facade > move! > cutover, seam > events > consumer > cutover, facade > data > migrate! > backfill > cutover, move > deploy > observe. > cutover, cutover > remove > docs.',
  'database migration':
    'expand. > write > backfill! > read > contract., expand > shadow > compare > read, write > metrics. > compare',
  'tests for untested modules':
    'harness > m1, harness > m2, harness > m3!, harness > m4., harness > m5, harness > m6!, harness > m7., harness > m8, harness > m9, harness > m10, m1 > coverage., m10 > coverage',
  'translation of a site':
    'extract > de > review, extract > fr > review, extract > es > review, extract > it > review, extract > pl > review, extract > ja! > review, extract > ar! > rtl! > review, extract > tooling. > ci. > review',
  'bug with one cause': 'reproduce. > fix > regression., fix > changelog.',
  'refactoring in a row': 'a > b > c > d > e > f > g.',
  'new design system':
    'tokens > button > form! > settings > polish, tokens > text. > card > dashboard! > polish, tokens > icons > nav > shell > polish, button > dialog > settings, card > table! > dashboard, text > storybook > visual > polish',
  'security review':
    'threats > auth! > fix1 > retest, threats > input > fix2 > retest, threats > deps. > fix3. > retest, threats > secrets > fix4. > retest, threats > headers. > retest, threats > audit-log! > retest',
  'speeding up a slow path':
    'bench > profile > cache! > compare, profile > query > index. > compare, profile > batch > compare, profile > lazy. > compare, compare > report.',
  'plugin system':
    'interface > loader! > sandbox! > docs, interface > registry > cli > docs, interface > example1 > docs, interface > example2 > docs, loader > hot > docs, registry > search. > docs, sandbox > limits > docs',
  'data pipeline':
    'source1 > clean1 > join, source2 > clean2 > join, source3! > clean3 > join, join > features! > model > serve > monitor., features > quality > monitor, join > catalogue.',
}

/** What they are, for a table in which families say with what they are drawn. */
export const handWritten = 'written down by hand; nothing is drawn but durations. Weights 0.4, 1 and 2.5'

const WEIGHTS: Readonly<Record<string, number>> = { '!': 2.5, '.': 0.4 }

export const shapes: readonly Graph[] = Object.entries(SHAPES).map(([name, text]) => ({ name, nodes: nodesOf(text) }))

/** Needs first, else in the order in which they are named: a plan names earlier tasks only. */
function nodesOf(text: string): Graph['nodes'] {
  const weights = new Map<TaskId, number>()
  const needs = new Map<TaskId, Set<TaskId>>()
  for (const chain of text.split(',')) {
    let before: TaskId | null = null
    for (const word of chain.split('>').map((one) => one.trim())) {
      const id = word.replace(/[!.]$/, '')
      const weight = WEIGHTS[word.slice(id.length)]
      if (weight !== undefined) weights.set(id, weight)
      const own = needs.get(id) ?? new Set()
      needs.set(id, before === null ? own : own.add(before))
      before = id
    }
  }
  const nodes = [...needs].map(([id, own]) => ({ id, needs: [...own], weight: weights.get(id) ?? 1 }))
  return topologicalOrder(nodes)
}
