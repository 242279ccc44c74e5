import type { TaskFailure } from '../failure.ts'
import type { TaskId } from '../ids.ts'
import type { Result } from '../result.ts'
import { recordOf, taskOf } from '../run/lookup.ts'
import type { Work } from '../run/work.ts'

/** `showsCommit`: the commit of a failed attempt is safe to push, so that its branch can show it. */
export type LandingVerdict = { lands: true } | { lands: false; failure: TaskFailure; showsCommit: boolean }

interface Changes {
  changed: boolean
  /** As `mayChangeNothing` says of the task. */
  mayChangeNothing: boolean
}

interface HandedOverAttempt extends Changes {
  /** By the slot's own word; null: it is done. */
  failure: TaskFailure | null
  /** Null: it has no commit of its own. */
  audited: Result<null, TaskFailure> | null
}

/** A task without `writes` only looks; one whose base holds its earlier work may find nothing left to do. */
export const mayChangeNothing = (work: Work, id: TaskId): boolean =>
  taskOf(work, id).writes.length === 0 || recordOf(work, id).onto.length > 0

/** An attempt that changed no file is no work to land. Null: it changed some, or need not. */
export const noChange = ({ changed, mayChangeNothing: isFree }: Changes): TaskFailure | null =>
  changed || isFree ? null : { reason: 'no-change' }

/**
 * Whether what an attempt hands over may land. A slot's word that it failed counts; its word that it is done does not. A commit that
 * failed the audit is not pushed: GitHub would refuse some of them, and the others are unsafe to fetch.
 */
export function verdictOf({ failure, audited, ...changes }: HandedOverAttempt): LandingVerdict {
  if (failure !== null) return { lands: false, failure, showsCommit: audited?.ok === true }
  const why = audited?.ok === false ? audited.error : noChange(changes)
  return why === null ? { lands: true } : { lands: false, failure: why, showsCommit: false }
}
