import type { TaskFailure } from '../../../core/failure.ts'
import {
  attemptRef,
  branchRef,
  logBranchRef,
  logRef,
  type RunId,
  type TaskId,
  taskBranch,
  trunkBranch,
} from '../../../core/ids.ts'
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

/** Null: not known yet, or none: the next wake-up takes results in one by one, or takes over workflow files. */
function guiltyRefs(session: Session, draft: Draft, refs: readonly RefUpdate[], { refs: named, words }: PushRefused) {
  const trunk = branchRef(trunkBranch(session.run))
  // It is about the base and not about a task, none of which may change these files.
  if (WORKFLOW_RULE.test(words)) {
    if (session.behind) return [{ ref: trunk, words }]
    session.behind = true
    return null
  }
  if (named.length > 0) return named
  const kept = keptRefsIn(session, draft).filter((ref) => refs.some((update) => update.ref === ref))
  if (kept.length > 0) return kept.map((ref) => ({ ref, words }))
  const results = resultRefs(session, draft).filter((ref) => refs.some((update) => update.ref === ref))
  session.oneByOne = results.length > 1
  if (session.oneByOne) return null
  const moved = refs.map(({ ref }) => ref)
  const suspects = results.length > 0 ? results : moved.includes(trunk) ? [trunk] : moved
  return suspects.map((ref) => ({ ref, words }))
}

/** GitHub's refusal of workflow files, which no permission of a job's token allows. */
const WORKFLOW_RULE = /refusing to allow .* to (?:create or update|update|create) workflow/

/** The branches that bring what slots have made. Only these hold content that the remote has not seen. */
const resultRefs = ({ run }: Session, { events }: Draft): string[] =>
  events.flatMap((event) => {
    const isResult = event.type === 'task_verified' || event.type === 'task_failed'
    return isResult && event.head !== null ? [branchRef(taskBranch(run, event.task))] : []
  })

/** Where the work of a lost slot is pushed to: the branch of its task, or beside it. */
export const keptRefs = (run: RunId, { task, attempt }: { task: TaskId; attempt: number }): string[] => [
  branchRef(taskBranch(run, task)),
  attemptRef(run, task, attempt),
]

/** Of all that is new to the remote, work of lost slots can best be done without. */
const keptRefsIn = ({ run }: Session, { events }: Draft): string[] =>
  events.flatMap((event) =>
    (event.type === 'task_returned' && event.kept !== undefined) ||
    (event.type === 'task_failed' && event.failure.reason === 'slot-lost' && event.head !== null)
      ? keptRefs(run, event)
      : [],
  )

/** Why the remote does not take the task's branch, or the ref that keeps its last attempt; null: it does, as far as is known. */
export function taskRefusal({ run, refusedRefs }: Session, task: TaskId, attempt: number): TaskFailure | null {
  const refs = [branchRef(taskBranch(run, task)), attemptRef(run, task, attempt - 1)]
  const detail = refs.map((ref) => refusedRefs.get(ref)).find((words) => words !== undefined)
  return detail === undefined ? null : { reason: 'push-refused', detail }
}

export const trunkRefusal = ({ run, refusedRefs }: Session): string | null =>
  refusedRefs.get(branchRef(trunkBranch(run))) ?? null
