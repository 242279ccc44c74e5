import type { RunId, Sha, TaskId } from './ref.ts'

/** What a command that was taken brought about; the code is stable and shown to people. */
export type Answer =
  | { code: 'plan-requested'; run: RunId }
  | { code: 'approved'; run: RunId; planId: string; only: readonly TaskId[] | null; added: readonly TaskId[] }
  | {
      code: 'approved-base-moved'
      run: RunId
      planId: string
      only: readonly TaskId[] | null
      added: readonly TaskId[]
      to: Sha
    }
  | { code: 'rejected'; run: RunId }
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
