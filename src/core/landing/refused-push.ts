import { attemptRef, branchRef, type RunId, type TaskId, taskBranch, trunkBranch } from '../ids.ts'
import type { RunEvent } from '../run/event.ts'

interface RefusedRef {
  ref: string
  words: string
}

/** A push of a run that the remote refused. */
interface RefusedPush {
  run: RunId
  events: readonly RunEvent[]
  /** The refs that it moves, beside the journal. */
  moves: readonly string[]
  /** The refs that the remote names; empty if it does not say which. */
  named: readonly RefusedRef[]
  words: string
  /** The changed workflow files of the base were taken over before this push. */
  behind: boolean
}

/** What can be done about it. `byExclusion`: the remote named no ref, and no other could bring what is new to it. */
export type AfterRefusedPush =
  | { next: 'leave out'; refs: readonly RefusedRef[]; byExclusion: boolean }
  | { next: 'push one by one' }
  | { next: 'follow workflows' }

/** Which refs the next push leaves out, or what comes first. */
export function afterRefusedPush({ run, events, moves, named, words, behind }: RefusedPush): AfterRefusedPush {
  const leaveOut = (refs: readonly string[], byExclusion: boolean): AfterRefusedPush => ({
    next: 'leave out',
    refs: refs.map((ref) => ({ ref, words })),
    byExclusion,
  })
  const trunk = branchRef(trunkBranch(run))
  // It is about the base and not about a task, none of which may change these files.
  if (WORKFLOW_RULE.test(words)) return behind ? leaveOut([trunk], false) : { next: 'follow workflows' }
  if (named.length > 0) return { next: 'leave out', refs: named, byExclusion: false }
  const kept = keptRefsIn(run, events).filter((ref) => moves.includes(ref))
  if (kept.length > 0) return leaveOut(kept, false)
  const results = resultRefs(run, events).filter((ref) => moves.includes(ref))
  if (results.length > 1) return { next: 'push one by one' }
  if (results.length === 1) return leaveOut(results, true)
  return leaveOut(moves.includes(trunk) ? [trunk] : moves, true)
}

/** GitHub's refusal of workflow files, which no permission of a job's token allows. */
const WORKFLOW_RULE = /refusing to allow .* to (?:create or update|update|create) workflow/

/** The branches that bring what slots have made. Only these hold content that the remote has not seen. */
const resultRefs = (run: RunId, events: readonly RunEvent[]): string[] =>
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
const keptRefsIn = (run: RunId, events: readonly RunEvent[]): string[] =>
  events.flatMap((event) =>
    (event.type === 'task_returned' && event.kept !== undefined) ||
    (event.type === 'task_failed' && event.failure.reason === 'slot-lost' && event.head !== null)
      ? keptRefs(run, event)
      : [],
  )
