import { type Sha, shaSchema, type TaskId, taskIdSchema } from '../ids.ts'
import { ownOf } from '../own.ts'
import type { LiveRun, RunState } from './state.ts'

/** A comment of its own for each occasion on which people are called. */
export type CallName = `call-${string}`
export type CommentName = 'planning' | 'questions' | 'refused' | 'plan' | 'proposed' | 'status' | CallName

/** What one projection shows. `of` is a task or, for pull requests, `trunk` and, for checks, `run`: no task has these ids. */
export type ProjectionName =
  | { kind: 'comment'; comment: CommentName }
  | { kind: PullProjection; of: TaskId | 'trunk' }
  | { kind: 'check'; of: TaskId | 'run'; sha: Sha }
  /** The thread of a review that is answered. */
  | { kind: 'resolve'; thread: string }
  /** The page of an ended run. */
  | { kind: 'page' }

/** A pull request, that it is ready, that it is closed, and who is asked to review it. */
type PullProjection = 'pull' | 'ready' | 'close' | 'reviewers'

const PULLS: ReadonlySet<string> = new Set<PullProjection>(['pull', 'ready', 'close', 'reviewers'])
const isPullProjection = (kind: string): kind is PullProjection => PULLS.has(kind)

const COMMENTS: ReadonlySet<string> = new Set<Exclude<CommentName, CallName>>([
  'planning',
  'questions',
  'refused',
  'plan',
  'proposed',
  'status',
])
const isCommentName = (name: string): name is CommentName => COMMENTS.has(name) || /^call-[0-9a-f]+$/.test(name)
export const isCallName = (name: CommentName): name is CallName => !COMMENTS.has(name)

/** The name in the journal: `comment:plan`, `pull:t3`, `check:t3@<sha>`. */
export function projectionName(name: ProjectionName): string {
  switch (name.kind) {
    case 'comment':
      return `comment:${name.comment}`
    case 'check':
      return `check:${name.of}@${name.sha}`
    case 'resolve':
      return `resolve:${name.thread}`
    case 'page':
      return 'page:run'
    case 'pull':
    case 'ready':
    case 'close':
    case 'reviewers':
      return `${name.kind}:${name.of}`
  }
}

/** The inverse of `projectionName`; null for any other string. */
export function parseProjectionName(text: string): ProjectionName | null {
  const [, kind = '', rest = ''] = /^([a-z]+):(.+)$/s.exec(text) ?? []
  if (isPullProjection(kind)) return taskIdSchema.safeParse(rest).success ? { kind, of: rest } : null
  switch (kind) {
    case 'comment':
      return isCommentName(rest) ? { kind, comment: rest } : null
    case 'check':
      return parseCheck(rest)
    case 'resolve':
      return { kind, thread: rest }
    case 'page':
      return rest === 'run' ? { kind } : null
    default:
      return null
  }
}

function parseCheck(rest: string): ProjectionName | null {
  const [of = '', sha = '', ...more] = rest.split('@')
  const isCheck = taskIdSchema.safeParse(of).success && shaSchema.safeParse(sha).success && more.length === 0
  return isCheck ? { kind: 'check', of, sha } : null
}

type Projected = LiveRun['projected'][string]

/** What the journal holds of a projection; undefined if it was never shown. */
export const projectedAs = (state: RunState, name: ProjectionName): Projected | undefined =>
  state.phase === 'empty' ? undefined : ownOf(state.projected, projectionName(name))

/** The pull request of a task, or the final one; undefined if there is none. */
export const locatedPull = (state: RunState, of: TaskId | 'trunk'): Projected | undefined =>
  projectedAs(state, { kind: 'pull', of })
