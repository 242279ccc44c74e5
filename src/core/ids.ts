import { z } from 'zod'

/** Forty hex digits; never empty, since an empty sha in a refspec deletes the ref. */
export const shaSchema = z.string().regex(/^[0-9a-f]{40}$/, 'a full commit id (40 hex digits)')
export type Sha = string

/** `42`, or `42-2` for the second run of issue 42. */
export const runIdSchema = z.string().regex(/^[1-9][0-9]{0,9}(-[1-9][0-9]{0,3})?$/)
export type RunId = string

/** Ids that have another meaning in a run's branches, projections or jobs. */
export const RESERVED_TASK_IDS: readonly string[] = [
  'trunk',
  'log',
  'verify',
  'verification',
  'run',
  'plan',
  'baseline',
]

/** Short enough for a branch name; without dots and slashes, so that every ref made of it is valid. */
export const taskIdSchema = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case letters, digits and single hyphens, starting with a letter')
  .max(40)
export type TaskId = string

export const logRef = (run: RunId): string => `refs/tributary/${run}/log`
/** If a remote refuses custom refs, the journal lives on a branch. */
export const logBranchRef = (run: RunId): string => `refs/heads/tributary/${run}/log`
/** The run whose journal a ref is; null for other refs. */
export function runOfJournalRef(ref: string): RunId | null {
  const run = runIdSchema.safeParse(/^refs\/(?:heads\/)?tributary\/([^/]+)\/log$/.exec(ref)?.[1])
  return run.success ? run.data : null
}
export const trunkBranch = (run: RunId): string => `tributary/${run}/trunk`
export const taskBranch = (run: RunId, task: TaskId): string => `tributary/${run}/${task}`
export const branchRef = (branch: string): string => `refs/heads/${branch}`
/** The branch of a ref; null for other refs. */
export const branchOfRef = (ref: string): string | null => /^refs\/heads\/(.+)$/s.exec(ref)?.[1] ?? null
/** Keeps the work of a failed attempt after its branch has moved on. */
export const attemptRef = (run: RunId, task: TaskId, attempt: number): string =>
  `refs/tributary/${run}/attempts/${task}-${attempt}`

export const issueOf = (run: RunId): number => Number(run.split('-')[0])
/** Which of its issue's runs it is, counted from 1. */
export const runCountOf = (run: RunId): number => Number(run.split('-')[1] ?? 1)

/** The id of an issue's n-th run, counted from 1. */
export const runIdOf = (issue: number, count: number): RunId => (count === 1 ? `${issue}` : `${issue}-${count}`)

/** The run and the task (or `trunk`) of a branch; null for other branches. */
export function parseBranch(branch: string): { run: RunId; task: TaskId | 'trunk' } | null {
  const match = /^tributary\/([^/]+)\/([^/]+)$/.exec(branch)
  if (match?.[1] === undefined || match[2] === undefined) return null
  if (!runIdSchema.safeParse(match[1]).success || !taskIdSchema.safeParse(match[2]).success) return null
  return { run: match[1], task: match[2] }
}

export const shortSha = (sha: Sha): string => sha.slice(0, 8)
