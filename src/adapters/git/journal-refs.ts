import { issueOf, logBranchRef, logRef, type RunId, runIdSchema, type Sha } from '../../core/ref.ts'
import type { JournalTip } from '../../ports/journal.ts'

/** Where a run's journal lives: on a ref of our own, or, where the remote refuses such refs, on a branch. */
export type Style = 'custom' | 'branch'

const OWN = 'refs/tributary/'

export const journalRef = (style: Style, run: RunId): string => (style === 'custom' ? logRef(run) : logBranchRef(run))
export const bothRefs = (run: RunId): string[] => [logRef(run), logBranchRef(run)]

/** A remote that refuses the journal's own ref refuses these as well. */
export const isAllowed = (style: Style, ref: string): boolean => style === 'custom' || !ref.startsWith(OWN)

export interface Found {
  style: Style
  tip: Sha
}

export function journalIn(refs: ReadonlyMap<string, Sha>, run: RunId): Found | null {
  for (const style of ['custom', 'branch'] as const) {
    const tip = refs.get(journalRef(style, run))
    if (tip !== undefined) return { style, tip }
  }
  return null
}

/** Patterns for `listRefs`, which finds too much, so what comes is looked at again. */
export const runPatterns = (issue: number): string[] =>
  bothRefs(`${issue}`).flatMap((ref) => [ref, ref.replace(/\/log$/, '-*/log')])

export function runsIn(refs: ReadonlyMap<string, Sha>, issue: number): JournalTip[] {
  const names = [...refs.keys()].flatMap((ref) => /^refs\/(?:heads\/)?tributary\/([^/]+)\/log$/.exec(ref)?.[1] ?? [])
  const runs = [...new Set(names)].filter((run) => runIdSchema.safeParse(run).success && issueOf(run) === issue)
  return runs
    .toSorted((one, other) => countOf(one) - countOf(other))
    .flatMap((run) => {
      const found = journalIn(refs, run)
      return found === null ? [] : [{ run, tip: found.tip }]
    })
}

const countOf = (run: RunId): number => Number(run.split('-')[1] ?? 1)
