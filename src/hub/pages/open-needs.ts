import type { Sha } from '../../core/ids.ts'
import { type LiveRun, workOf } from '../../core/run/state.ts'
import { type Need, needsOf } from '../../render/status/needs.ts'
import type { HasResult, PageContext } from './context.ts'

/** A result that was taken once is not asked for again, also if its branch is gone. */
export function rememberTaken(hasResult: HasResult): HasResult {
  const taken = new Set<Sha>()
  return async (commit) => {
    if (!taken.has(commit) && (await hasResult(commit))) taken.add(commit)
    return taken.has(commit)
  }
}

/** What a run waits for. A result waits until it is merged or, if the person's repository takes results, taken. */
export async function openNeeds({ hasResult }: PageContext, run: LiveRun): Promise<Need[]> {
  const needs = needsOf(run)
  const tip = workOf(run)?.trunk.tip
  const isTaken = tip !== undefined && needs.some(({ kind }) => kind === 'result') && (await hasResult(tip))
  return isTaken ? needs.filter(({ kind }) => kind !== 'result') : needs
}
