import type { TaskFailure } from '../../../core/failure.ts'
import { attemptRef, branchRef, logBranchRef, logRef, type TaskId, taskBranch, trunkBranch } from '../../../core/ids.ts'
import { afterRefusedPush } from '../../../core/landing/refused-push.ts'
import type { PushRefused, RefUpdate } from '../../../ports/journal.ts'
import type { Draft } from './event-draft.ts'
import type { Session } from './session.ts'

/**
 * Takes a refused push apart. What was refused is noted, and the next wake-up decides without it: a task fails, a run pauses,
 * a plan is refused, each with the remote's words; the rest of the push lands.
 */
export function noteRefusal(session: Session, draft: Draft, refs: readonly RefUpdate[], refused: PushRefused): void {
  session.deps.log(`the push was refused: ${refused.words}`)
  const isJournal = (ref: string) => ref === logRef(session.run) || ref === logBranchRef(session.run)
  const guilty = guiltyRefs(session, draft, refs, refused)
  if (guilty === null) return
  // Nothing else can be left out, or leaving it out has changed nothing.
  const isStuck = guilty.every(({ ref }) => session.refusedRefs.has(ref))
  if (isStuck || guilty.some(({ ref }) => isJournal(ref))) {
    session.stopped = { reason: 'journal-refused', words: refused.words }
    return
  }
  for (const { ref, words } of guilty) session.refusedRefs.set(ref, words)
}

/** Null: the next wake-up takes results in one by one, or takes over workflow files. */
function guiltyRefs(
  session: Session,
  { events }: Draft,
  refs: readonly RefUpdate[],
  { refs: named, words }: PushRefused,
) {
  const { run, behind } = session
  const after = afterRefusedPush({ run, events, moves: refs.map(({ ref }) => ref), named, words, behind })
  if (after.next === 'follow workflows') session.behind = true
  if (after.next === 'push one by one') session.oneByOne = true
  if (after.next !== 'leave out') return null
  if (after.byExclusion) session.oneByOne = false
  return after.refs
}

/** Why the remote does not take the task's branch, or the ref that keeps its last attempt; null: it does, as far as is known. */
export function taskRefusal({ run, refusedRefs }: Session, task: TaskId, attempt: number): TaskFailure | null {
  const refs = [branchRef(taskBranch(run, task)), attemptRef(run, task, attempt - 1)]
  const detail = refs.map((ref) => refusedRefs.get(ref)).find((words) => words !== undefined)
  return detail === undefined ? null : { reason: 'push-refused', detail }
}

export const trunkRefusal = ({ run, refusedRefs }: Session): string | null =>
  refusedRefs.get(branchRef(trunkBranch(run))) ?? null
