import type { Sha, TaskId } from '../ids.ts'
import { isSettled, type Work } from '../run/state.ts'
import { nextMerge } from './merge-order.ts'

/** Whether every task has landed, was skipped or was expanded into others, and all are merged into trunk. */
export const isAssembled = (work: Work): boolean =>
  work.plan.tasks.every((task) => isSettled(work, task.id)) && nextMerge(work).next === 'none'

export type NextVerdict =
  | { next: 'verify'; on: Sha }
  | { next: 'passed' }
  /** The first merge after which the verification fails; null if it fails on the base already. */
  | { next: 'culprit'; task: TaskId | null }
  | { next: 'wait' }

/** The next step in verifying an assembled trunk: a run on the tip and, if that fails, a binary search over the merges. */
export function nextVerdict(work: Work): NextVerdict {
  const { verification, verdicts, trunk } = work
  if (verification?.status === 'queued' || verification?.status === 'in_progress') return { next: 'wait' }
  const tip = verdicts[trunk.tip]
  if (tip === undefined) return { next: 'verify', on: trunk.tip }
  if (tip === 'passed') return { next: 'passed' }
  // A missing sandbox, or a job that never ran, says nothing about the code.
  if (verification?.status === 'failed' && verification.failure.reason !== 'verification-failed')
    return { next: 'wait' }
  return search(work)
}

function search(work: Work): NextVerdict {
  const { merges, start } = work.trunk
  const verdictAt = (index: number) => work.verdicts[index < 0 ? start : (merges[index]?.sha ?? '')]
  let good = -1
  let bad = merges.length - 1
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    const verdict = verdictAt(middle)
    const sha = merges[middle]?.sha
    if (verdict === undefined && sha !== undefined) return { next: 'verify', on: sha }
    if (verdict === 'failed') bad = middle
    else good = middle
  }
  if (good === -1 && verdictAt(-1) === undefined) return { next: 'verify', on: start }
  if (good === -1 && verdictAt(-1) === 'failed') return { next: 'culprit', task: null }
  return { next: 'culprit', task: merges[bad]?.task ?? null }
}

/**
 * The tasks whose merge may have broken trunk. Usually one; but if the culprit was sent back and trunk still fails, later
 * merges were never verified without it, so it and all of these are suspects. The culprit comes first.
 */
export function suspects({ trunk: { merges }, culprit }: Work): TaskId[] {
  if (culprit?.task == null) return []
  const first = merges.findIndex(({ task }) => task === culprit.task)
  const wasSentBack = merges.slice(first + 1).some(({ task }) => task === culprit.task)
  return wasSentBack ? [...new Set(merges.slice(first).map(({ task }) => task))] : [culprit.task]
}
