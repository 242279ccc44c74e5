import type { PlanAnswer, Question } from './planning.ts'
import type { RunId, Sha, TaskId } from './ref.ts'

/** What a command that was taken brought about; the code is stable and shown to people. */
export type Answer =
  | { code: 'plan-requested'; run: RunId }
  | { code: 'plan-status'; run: RunId }
  /** `open`: ids of questions that have no answer yet. */
  | { code: 'revising'; run: RunId; open: readonly string[] }
  | { code: 'answered'; run: RunId; questions: readonly Question[]; answers: readonly PlanAnswer[] }
  /** `started`: a plan was there, and it has begun with this. */
  | { code: 'gate-off'; run: RunId; started: boolean; to: Sha | null }
  | { code: 'steered'; run: RunId; task: TaskId }
  | { code: 'budget-set'; run: RunId; usd: number; spent: number; resumed: boolean }
  | ({ code: 'approved' } & Approved)
  | ({ code: 'approved-base-moved'; to: Sha } & Approved)
  /** `begun`: tasks were at work already, since the mode lets them start before the approval. */
  | { code: 'rejected'; run: RunId; begun: boolean }
  | { code: 'retrying'; run: RunId; task: TaskId }
  | { code: 'skipped'; run: RunId; task: TaskId }
  | { code: 'cancelled'; run: RunId; landed: readonly TaskId[] }
  | { code: 'task-cancelled'; run: RunId; task: TaskId }
  | { code: 'paused'; run: RunId; running: readonly TaskId[] }
  | { code: 'resumed'; run: RunId }
  | { code: 'gate-approved'; run: RunId; task: TaskId }
  | { code: 'landing-approved'; run: RunId; task: TaskId }
  | { code: 'status'; run: RunId }
  | { code: 'help' }
  | { code: 'already-done'; run: RunId; detail: string }

interface Approved {
  run: RunId
  planId: string
  only: readonly TaskId[] | null
  added: readonly TaskId[]
  /** The run was at work before; this lets more of it pass. */
  running: boolean
}
