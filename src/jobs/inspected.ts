import type { Report } from '../core/event.ts'
import type { TaskFailure } from '../core/failure.ts'
import type { Sha } from '../core/ref.ts'
import type { ResultFile } from '../core/result-file.ts'

/** A result after the look at it: what git holds, and whether it may land. */
export type Inspected =
  | { verdict: 'landable'; head: Sha; tree: Sha; file: ResultFile }
  | { verdict: 'failed'; head: Sha | null; failure: TaskFailure; report?: Report }
  | { verdict: 'verification'; file: ResultFile }

export const keyOf = (result: { task: string; attempt: number }): string => `${result.task}-${result.attempt}`
