import { branchRef, type TaskId, trunkBranch } from '../../../core/ids.ts'
import { type DueMerge, dueMerges } from '../../../core/landing/merge-order.ts'
import { recordOf, statusOf, taskOf } from '../../../core/run/lookup.ts'
import type { Work } from '../../../core/run/work.ts'
import { conflicted } from '../../../core/schedule/conflict.ts'
import { commitSubject } from '../../../core/text/control-characters.ts'
import type { CommitWords } from '../../../ports/repo.ts'
import { signed } from '../../commit-words.ts'
import { type Draft, plannedWork, recordEvents, withRefMove } from '../session/event-draft.ts'
import { mergeWithin } from '../session/pending-merges.ts'
import { nowOf, type OrchestratorStep, type Session } from '../session/session.ts'

/** Merges what has landed into trunk, in topological order, as far as that order is complete. */
export const assembleTrunk: OrchestratorStep = async (session, draft) => {
  let next = draft
  let due = dueIn(next)
  for (let step = due.shift(); step !== undefined; step = due.shift()) {
    const merged = await mergeOnto(session, next, step)
    if (merged === null) break
    next = merged
    // After a conflict, the task runs again and the later ones wait, or it has failed and no longer holds them up.
    if (statusOf(plannedWork(next), step.task) !== 'landed') due = dueIn(next)
  }
  return next
}

const dueIn = ({ state }: Draft): DueMerge[] =>
  state.phase === 'active' && state.paused === null ? dueMerges(state.work) : []

async function mergeOnto(session: Session, draft: Draft, step: DueMerge): Promise<Draft | null> {
  const work = plannedWork(draft)
  const { trunk } = work
  // People may have merged it: then trunk has it already.
  if (trunk.adopted !== undefined && (await session.repo.isAncestor(step.head, trunk.tip)))
    return recordEvents(draft, nowOf(session), { type: 'trunk_moved', task: step.task, sha: trunk.tip })
  const words = mergeWords(session, work, step.task)
  const merged = await mergeWithin(session, `trunk ${trunk.tip} ${step.head}`, () =>
    session.repo.merge(trunk.tip, step.head, words),
  )
  if (merged === null) return null
  if (!merged.ok) {
    const others = trunk.merges.map(({ task }) => task).filter((id) => id !== step.task)
    const conflict = conflicted(work, { task: step.task, others, paths: merged.paths, onto: [trunk.tip] })
    return recordEvents(draft, nowOf(session), conflict)
  }
  const ref = branchRef(trunkBranch(session.run))
  const moved = withRefMove(draft, { ref, from: trunk.tip, to: merged.sha })
  return recordEvents(moved, nowOf(session), { type: 'trunk_moved', task: step.task, sha: merged.sha })
}

function mergeWords(session: Session, work: Work, id: TaskId): CommitWords {
  const task = taskOf(work, id)
  const attempt = recordOf(work, id).attempts.length
  return signed(work.settings.commits, {
    subject: commitSubject(`Merge ${id}: ${task.title}`, `Merge ${id}`),
    trailers: { 'Tributary-Run': session.run, 'Tributary-Task': id, 'Tributary-Attempt': `${attempt}` },
  })
}
