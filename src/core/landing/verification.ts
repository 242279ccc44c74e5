import type { Sha, TaskId } from '../ids.ts'
import { isSettled } from '../run/lookup.ts'
import type { Work } from '../run/work.ts'
import { nextMerge } from './merge-order.ts'

/** Whether every task has landed, was skipped or was expanded into others, and all are merged into trunk. */
export const isAssembled = (work: Work): boolean =>
  work.plan.tasks.every((task) => isSettled(work, task.id)) && nextMerge(work).next === 'none'

export type NextVerdict =
  | { next: 'verify'; on: Sha }
  | { next: 'passed' }
  /**
   * The first merge after which the verification fails. No task: it fails on the base already or, if `adopted` is there,
   * since that commit of a person.
   */
  | { next: 'culprit'; task: TaskId | null; adopted?: Sha }
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

/** Everything that moved trunk, in order: merges of tasks, and commits of people that are no merge of a task. */
function trunkSteps({ merges, adopted = [] }: Work['trunk']): { task: TaskId | null; sha: Sha }[] {
  const own = adopted.filter(({ sha }) => merges.every((merge) => merge.sha !== sha))
  const adoptedAfter = (count: number) =>
    own.filter(({ after }) => after === count).map(({ sha }) => ({ task: null, sha }))
  return [...adoptedAfter(0), ...merges.flatMap((merge, index) => [merge, ...adoptedAfter(index + 1)])]
}

function search(work: Work): NextVerdict {
  const { start } = work.trunk
  const steps = trunkSteps(work.trunk)
  const verdictAt = (index: number) => work.verdicts[index < 0 ? start : (steps[index]?.sha ?? '')]
  let good = -1
  let bad = steps.length - 1
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    const verdict = verdictAt(middle)
    const sha = steps[middle]?.sha
    if (verdict === undefined && sha !== undefined) return { next: 'verify', on: sha }
    if (verdict === 'failed') bad = middle
    else good = middle
  }
  if (good === -1 && verdictAt(-1) === undefined) return { next: 'verify', on: start }
  if (good === -1 && verdictAt(-1) === 'failed') return { next: 'culprit', task: null }
  const culprit = steps[bad]
  if (culprit?.task === null) return { next: 'culprit', task: null, adopted: culprit.sha }
  return { next: 'culprit', task: culprit?.task ?? null }
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
