import type { BranchRule } from '../core/branch-rules.ts'
import type { LineComment, PullReview } from '../core/command/decide-pull-review.ts'
import type { Sha } from '../core/ids.ts'
import type { Quota } from '../core/schedule/request-pace.ts'
import type { LimitReached } from './rate-limit.ts'

export type { Quota }

export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none'

export interface Located {
  number: number
  node: string
}

export interface PullRequest extends Located {
  /** Null: its head is in a fork, where a branch may have any name. */
  headBranch: string | null
  head: Sha
  state: 'open' | 'closed'
  merged: boolean
  draft: boolean
}

/** A pull request as it is now, with its newest reviews by people and bots, oldest first, without those that were dismissed. */
export interface SeenPull extends Pick<PullRequest, 'number' | 'head' | 'state' | 'merged'> {
  reviews: (PullReview & { author: { login: string; type: string } })[]
}

export type CheckStatus =
  | { status: 'in_progress'; startedAt: string }
  | {
      status: 'completed'
      conclusion: 'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required'
      startedAt: string | null
      completedAt: string
    }

/** One thing to show. `located` names what an earlier projection of the same name created; if null, create it. */
export type Projection =
  | {
      kind: 'check'
      name: string
      located: Located | null
      sha: Sha
      /** The check's name, as people read it; it identifies the check together with the sha. */
      label: string
      externalId: string
      title: string
      state: CheckStatus
      summary: string
      text: string
      /** The workflow run whose log shows the work. */
      workflowRun?: number | null
      /** The job of it that did the work. */
      job?: number
      /** Lines of files that the output names as failing. */
      annotations?: readonly { path: string; line: number; message: string }[]
    }
  | {
      kind: 'pull'
      name: string
      located: Located | null
      head: string
      base: string
      title: string
      body: string
      draft: boolean
      /** Set by the adapter: why it could be no draft. */
      notDraft?: string
    }
  | { kind: 'close-pull'; name: string; located: Located }
  | { kind: 'ready-pull'; name: string; located: Located }
  /** `located.node` is the thread's. */
  | { kind: 'resolve-thread'; name: string; located: Located }
  | {
      kind: 'comment'
      name: string
      located: Located | null
      thread: number
      /** The thread's node, if it is known. */
      threadNode?: string
      marker: string
      body: string
    }

export type Published =
  /** `notDraft`: the platform's words, if it takes no draft and so got an ordinary pull request. */
  | { ok: true; name: string; located: Located; notDraft?: string }
  | {
      ok: false
      name: string
      reason: 'not-permitted' | 'no-drafts' | 'nothing-to-compare' | 'gone' | 'refused'
      message: string
    }
  /** Not done, since a limit refuses it until then. */
  | { ok: false; name: string; reason: 'limited'; limit: LimitReached }

export interface DispatchInputs {
  role: 'orchestrate' | 'work'
  run: string
  request: string
  slots: string
}

/** The platform starts no workflow run, and says why: the repository's policy, an archived repository, a disabled workflow. */
export class DispatchRefused extends Error {
  override name = 'DispatchRefused'
}
/** Said on a thread or, with the platform's words, refused: it is locked or gone, or our token may not. */
export type Said = { ok: true } | { ok: false; message: string }

export type MergeMethod = 'squash' | 'merge' | 'rebase'
export type AutoMerged = { ok: true; how: 'enabled' | 'merged' } | { ok: false; message: string }

/** A comment of an issue or pull request. */
export interface ThreadComment {
  author: string
  /** GitHub's type of the author's account: `User`, `Bot`, `Organization`. */
  type: string
  body: string
  createdAt: string
  /** Whether the author is an owner, member or collaborator. Not a permission, only a hint whose role to request first. */
  belongs: boolean
}

/** GitHub's issues, pull requests, checks and workflow runs. Status codes do not leave the adapter. */
export interface Forge {
  defaultBranch(): Promise<string>
  /** The name that a branch has now, if it was renamed; null if it is gone. */
  branchNow(name: string): Promise<string | null>
  /** As of the last answer: of REST, which work needs, and of GraphQL, which shows it. Null: unknown. No request. */
  quota(of: 'rest' | 'graphql'): Quota | null
  /** Minutes that our token lasts, if that is less than a job may take. */
  tokenMinutes(): Promise<number | null>
  /** The person's role in the repository according to the API; `none` if unknown. */
  role(login: string): Promise<Role>
  /** The rules of rulesets for a branch, which need not exist, that our token cannot bypass. Empty if GitHub does not say. */
  branchRules(branch: string): Promise<BranchRule[]>
  react(comment: number, content: 'eyes' | 'rocket' | 'confused'): Promise<Said>
  /**
   * Replies on a thread, once per key: does nothing if our reply with this key exists. `fresh`: certainly the first try,
   * so it is not looked for.
   */
  reply(thread: number, key: string, body: string, fresh: boolean): Promise<Said>
  /** Bodies of the newest comments of bots on a thread since then, at most 50. One request, and none of REST's. */
  botComments(thread: number, since: Date): Promise<string[]>
  pull(number: number): Promise<PullRequest | null>
  /** The text of an issue or pull request as it is now; null: there is none. */
  issue(number: number): Promise<{ title: string; body: string; isPull: boolean } | null>
  /** These pull requests, without those that are gone. One request. */
  lookAt(pulls: readonly number[]): Promise<SeenPull[]>
  /** The comments of a review on lines. */
  lineComments(review: Pick<PullReview, 'pull' | 'id'>): Promise<LineComment[]>
  /** Asks for reviews: logins, and teams as `org/team`. Idempotent. Refused, in GitHub's words, if someone could not be asked; the others are. */
  askReviewers(pull: number, reviewers: readonly string[]): Promise<Said>
  /**
   * Switches auto-merge on for a pull request with this head or, if nothing is missing for a merge, merges it, since GitHub takes no
   * auto-merge then. Idempotent.
   */
  autoMerge(pull: Located, method: MergeMethod, head: Sha): Promise<AutoMerged>
  /** As `reply`, in the thread of a pull request that begins with the comment `first`. */
  replyInThread(pull: number, first: number, key: string, body: string): Promise<Said>
  /** All comments of a thread, oldest first; none of one that is gone, as after a transfer. */
  comments(thread: number): Promise<ThreadComment[]>
  /** The text of a file on the default branch, with its blob id; null if there is none. */
  file(path: string): Promise<{ text: string; blob: Sha } | null>
  /**
   * Publishes all projections in as few requests as possible (aliased GraphQL mutations). Returns one result each, in order.
   * `lookFirst`: an earlier process may have created them, so each is looked for (own author and marker, head branch, or
   * check name and sha) before it is created. After an unknown outcome (time-out, 5xx) it looks before it retries.
   */
  publish(projections: readonly Projection[], lookFirst: boolean): Promise<Published[]>
  /** Starts a workflow run of our workflow; its id is null if GitHub did not return it. Throws DispatchRefused. */
  dispatch(inputs: DispatchInputs): Promise<{ workflowRun: number | null }>
  /** The workflow run that an earlier dispatch with this request started, found by its title. */
  dispatched(run: string, request: string): Promise<number | null>
  /** Whether the workflow run's orchestrate job may still run. */
  orchestratorAlive(workflowRun: number): Promise<boolean>
}
