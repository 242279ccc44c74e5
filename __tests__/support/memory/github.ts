import type { BranchRule } from '../../../src/core/branch-rules.ts'
import type { LineComment, PullReview } from '../../../src/core/command/decide-pull-review.ts'
import type { Quotas } from '../../../src/core/schedule/request-pace.ts'
import type { AutoMerged, CheckStatus, DispatchInputs, Located, PullRequest, Role } from '../../../src/ports/forge.ts'

export interface MemoryComment {
  id: number
  thread: number
  author: string
  body: string
}

export interface MemoryCheck {
  id: number
  sha: string
  label: string
  externalId: string
  state: CheckStatus
  title: string
  summary: string
  text: string
}

export interface MemoryPull extends PullRequest {
  base: string
  title: string
  body: string
}

export interface MemoryRun {
  id: number
  inputs: DispatchInputs
  orchestratorAlive: boolean
}

/** Replies in threads are comments on the pull request here. */
export interface MemoryReview extends PullReview {
  author: { login: string; type: string }
  lines: readonly LineComment[]
}

/** What a test says that is there. Whatever else is asked for throws, so that no test rests on a guess. */
export interface Given {
  defaultBranch?: string
  roles?: Readonly<Record<string, Role>>
  rules?: BranchRule[]
  issues?: readonly number[]
  /** By path, the same on every branch; null where there is none. */
  files?: Readonly<Record<string, string | null>>
  /** Branches, each ahead of those before it. */
  branches?: readonly string[]
  /** Whether workflow runs that were not dispatched here still have an orchestrator. */
  orchestrators?: Readonly<Record<number, boolean>>
  /** Refuses every pull request, as a repository does that does not let Actions open any. */
  pullsPermitted?: boolean
  tokenMinutes?: number
  /** GitHub's words for a review request that it does not take. */
  reviewersRefused?: string
  autoMerge?: AutoMerged
}

/** A GitHub that lives as long as the process; several forges can write to it. */
export interface MemoryGitHub {
  readonly given: Given
  branches: string[]
  comments: MemoryComment[]
  checks: MemoryCheck[]
  pulls: MemoryPull[]
  runs: MemoryRun[]
  reactions: { comment: number; content: string }[]
  reviews: MemoryReview[]
  resolved: Set<string>
  reviewRequests: { pull: number; reviewers: string[] }[]
  autoMerges: { pull: number; method: string; head: string }[]
  /** How often projections were sent, for tests of what is shown when. */
  published: number
  /** Its threads are locked: nothing can be said on them. */
  locked?: boolean
  quotas?: Quotas
  nextId(): number
}

export const SELF = 'github-actions[bot]'

export function memoryGitHub(given: Given): MemoryGitHub {
  let last = Math.max(0, ...(given.issues ?? []))
  return {
    given,
    branches: [...(given.branches ?? [])],
    comments: [],
    checks: [],
    pulls: [],
    runs: [],
    reactions: [],
    reviews: [],
    resolved: new Set(),
    reviewRequests: [],
    autoMerges: [],
    published: 0,
    nextId: () => {
      last += 1
      return last
    },
  }
}

export function threadIsThere({ given, pulls }: MemoryGitHub, thread: number): boolean {
  return (given.issues ?? []).includes(thread) || pulls.some(({ number }) => number === thread)
}

/** A person writes; what they write is not ours. */
export function commentBy(github: MemoryGitHub, author: string, thread: number, body: string): number {
  return addComment(github, author, thread, body).number
}

export function addComment(github: MemoryGitHub, author: string, thread: number, body: string): Located {
  if (!threadIsThere(github, thread)) throw new Error(`no issue or pull request ${thread} was given`)
  const id = github.nextId()
  github.comments.push({ id, thread, author, body })
  return { number: id, node: `IC_${id}` }
}

/** The oldest comment of ours with this first line. */
export function ownComment({ comments }: MemoryGitHub, thread: number, marker: string): Located | null {
  const found = comments.find(
    (one) => one.thread === thread && one.author === SELF && one.body.split('\n', 1)[0] === marker,
  )
  return found === undefined ? null : { number: found.id, node: `IC_${found.id}` }
}
