import type { Sha } from '../core/ids.ts'

export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none'

export interface Located {
  number: number
  node: string
}

export interface PullRequest extends Located {
  headBranch: string
  state: 'open' | 'closed'
  merged: boolean
  draft: boolean
}

export type CheckStatus =
  | { status: 'queued' }
  | { status: 'in_progress'; startedAt: string }
  | {
      status: 'completed'
      conclusion: 'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required'
      startedAt: string | null
      completedAt: string
    }

/** One thing to show. `located` is where an earlier projection of the same name went; null: make it. */
export type Projection =
  | {
      kind: 'check'
      name: string
      located: Located | null
      sha: Sha
      /** The check's name, as people read it; with the sha it says which check is meant. */
      label: string
      externalId: string
      title: string
      state: CheckStatus
      summary: string
      text: string
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
    }
  | { kind: 'close-pull'; name: string; located: Located }
  | { kind: 'ready-pull'; name: string; located: Located }
  | { kind: 'comment'; name: string; located: Located | null; thread: number; marker: string; body: string }

export type Published =
  | { ok: true; name: string; located: Located }
  | {
      ok: false
      name: string
      reason: 'not-permitted' | 'no-drafts' | 'nothing-to-compare' | 'gone' | 'refused'
      message: string
    }

export interface DispatchInputs {
  role: 'orchestrate' | 'work'
  run: string
  request: string
  slots: string
}

/** What somebody wrote on a thread. */
export interface ThreadComment {
  author: string
  /** GitHub's word for it: `User`, `Bot`, `Organization`. */
  type: string
  body: string
  createdAt: string
  /** Whether GitHub counts the author among those who belong to the repository: no permission, but a hint whom to ask for first. */
  belongs: boolean
}

/** GitHub as a place where people look and type. Status codes do not leave the adapter. */
export interface Forge {
  defaultBranch(): Promise<string>
  /** What the API says that this person may do; anything unknown is `none`. */
  role(login: string): Promise<Role>
  react(comment: number, content: 'eyes' | 'rocket' | 'confused'): Promise<void>
  /** Answer on a thread, once per key: where our own answer with this key is there already, nothing is written. `fresh`: surely the first try, so nobody looks. */
  reply(thread: number, key: string, body: string, fresh: boolean): Promise<void>
  pull(number: number): Promise<PullRequest | null>
  /** All comments of a thread, oldest first. */
  comments(thread: number): Promise<ThreadComment[]>
  /** The text of a file on a branch or commit, with its blob id; null where there is none. */
  file(path: string, ref: string): Promise<{ text: string; blob: Sha } | null>
  /**
   * Show all of these, in as few requests as can be (aliased GraphQL mutations). One answer each, in order.
   * `lookFirst`: an earlier process may have shown them already, so what is to be made is looked for (own author and marker, head branch, or check name and sha) before it is made.
   * An unknown outcome (time-out, 5xx) is settled by looking, never by repeating blindly.
   */
  publish(projections: readonly Projection[], lookFirst: boolean): Promise<Published[]>
  /** Start a workflow run of our own workflow; null id where the answer did not tell. */
  dispatch(inputs: DispatchInputs): Promise<{ workflowRun: number | null }>
  /** The workflow run that an earlier dispatch with this request started, told by its title. */
  dispatched(run: string, request: string): Promise<number | null>
  /** Whether that workflow run's orchestrate job can still be at work. */
  orchestratorAlive(workflowRun: number): Promise<boolean>
}
