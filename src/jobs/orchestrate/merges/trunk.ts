import { branchRef, type Sha, type TaskId, trunkBranch } from '../../../core/ids.ts'
import { nextMerge, touchedBy } from '../../../core/landing/merge-order.ts'
import { fewPaths } from '../../../core/run/hand-off.ts'
import { recordOf, taskOf, type Work } from '../../../core/run/state.ts'
import { commitSubject } from '../../../core/text/control-characters.ts'
import type { CommitWords } from '../../../ports/repo.ts'
import { type Draft, plannedWork, recordEvents, withRefMove } from '../session/event-draft.ts'
import { mergeWithin } from '../session/pending-merges.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'

/** Automatic runs of a task on a merged base after a conflict; then a person is asked. */
const CONFLICTS = 2

/** Merges what has landed into trunk, in topological order, as far as that order is complete. */
export const assembleTrunk: OrchestratorStep = async (session, draft) => {
  let next = draft
  while (next.state.phase === 'active' && next.state.paused === null) {
    const step = nextMerge(next.state.work)
    const merged = step.next === 'merge' ? await mergeOnto(session, next, step) : null
    if (merged === null) break
    next = merged
  }
  return next
}

async function mergeOnto(session: Session, draft: Draft, step: { task: TaskId; head: Sha }): Promise<Draft | null> {
  const { trunk } = plannedWork(draft)
  const words = mergeWords(session, plannedWork(draft), step.task)
  const merged = await mergeWithin(session, `trunk ${trunk.tip} ${step.head}`, () =>
    session.repo.merge(trunk.tip, step.head, words),
  )
  if (merged === null) return null
  if (!merged.ok) {
    const others = trunk.merges.map(({ task }) => task).filter((id) => id !== step.task)
    return conflict(session, draft, step.task, others, merged.paths, [trunk.tip])
  }
  const ref = branchRef(trunkBranch(session.run))
  const moved = withRefMove(draft, { ref, from: trunk.tip, to: merged.sha })
  return recordEvents(moved, nowOf(session), { type: 'trunk_moved', task: step.task, sha: merged.sha })
}

/** The later task is run again on the merged base; what it was told to do is often enough to settle it. */
export function conflict(
  session: Session,
  draft: Draft,
  task: TaskId,
  others: TaskId[],
  paths: string[],
  onto: Sha[],
): Draft {
  const work = plannedWork(draft)
  const final = recordOf(work, task).conflicts >= CONFLICTS
  const named = touchedBy(work, paths, others)
  return recordEvents(draft, nowOf(session), {
    type: 'task_conflicted',
    task,
    with: named,
    paths: fewPaths(paths),
    onto,
    final,
  })
}

function mergeWords(session: Session, work: Work, id: TaskId): CommitWords {
  const task = taskOf(work, id)
  const attempt = recordOf(work, id).attempts.length
  return {
    subject: commitSubject(`Merge ${id}: ${task.title}`, `Merge ${id}`),
    trailers: { 'Tributary-Run': session.run, 'Tributary-Task': id, 'Tributary-Attempt': `${attempt}` },
  }
}
