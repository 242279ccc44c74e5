import type { BranchRule } from '../branch-rules.ts'
import type { Failure } from '../failure.ts'
import type { RunId, Sha, TaskId } from '../ids.ts'
import type { BaseDrift } from '../landing/base-drift.ts'
import type { PlanAnswer, Question } from '../plan/planning.ts'
import { ok, type Result } from '../result.ts'
import type { RunEvent } from '../run/event.ts'
import type { Settings } from '../settings.ts'
import type { Person } from './authority.ts'
import type { Command } from './grammar.ts'

/** Everything that a decision needs to know about a command and its circumstances. */
export interface CommandFacts {
  person: Person
  /** Read from the default branch now, not from the plan, since they decide who may command. */
  settings: Settings
  at: string
  /** When the comment was written: an approval counts only for a plan that is older. */
  commentedAt: string
  key: string
  issue: number
  /** The task of the worker pull request on which the comment was written. */
  threadTask: TaskId | null
  /** Tips of the run's branches that the command depends on, by name. One that is missing was deleted. */
  branches: ReadonlyMap<string, Sha>
  /** The commit that a review was made on; absent: it is a command. */
  reviewed?: Sha
  /** How the base branch has moved since the plan's base; null if it has not. */
  drift: BaseDrift | null
}

export type CommandRequest<Name extends Command['name'] = Command['name']> = CommandFacts & {
  command: Extract<Command, { name: Name }>
}

interface Decision {
  events: RunEvent[]
  answer: CommandAnswer
}
export type DecisionResult = Result<Decision, Failure>

export const stampOf = (asked: CommandFacts) => ({ at: asked.at, by: asked.person.login, key: asked.key })
export const done = (answer: CommandAnswer, ...events: RunEvent[]): DecisionResult => ok({ events, answer })

/** The result of an accepted command; its code is stable. */
export type CommandAnswer =
  /** `hindered`: rules of the repository that will refuse some pushes of the run, by what is in them. */
  | { code: 'plan-requested'; run: RunId; hindered?: readonly BranchRule[] }
  | { code: 'plan-status'; run: RunId }
  /** `open`: ids of unanswered questions. */
  | { code: 'revising'; run: RunId; open: readonly string[] }
  | { code: 'answered'; run: RunId; questions: readonly Question[]; answers: readonly PlanAnswer[] }
  /** `started`: a proposed plan was started by this. */
  | { code: 'gate-off'; run: RunId; started: boolean; to: Sha | null }
  | { code: 'steered'; run: RunId; task: TaskId }
  | { code: 'budget-set'; run: RunId; usd: number; spent: number; resumed: boolean }
  | ({ code: 'approved' } & Approved)
  | ({ code: 'approved-base-moved'; to: Sha } & Approved)
  /** `begun`: tasks had started already, in a mode that allows this before the approval. */
  | { code: 'rejected'; run: RunId; begun: boolean }
  /** `review`: it was asked for by a review, with comments on so many lines; the attempt that follows. */
  | { code: 'retrying'; run: RunId; task: TaskId; review?: { attempt: number; lines: number } }
  /** A review of the final pull request asks for these tasks; `unplaced`: paths that no task writes. */
  | {
      code: 'changes-proposed'
      run: RunId
      tasks: readonly TaskId[]
      /** What to approve; null: nothing waits for an approval. */
      planId: string | null
      unplaced: readonly string[]
    }
  /** `moved`: on a trunk that people moved after the end. */
  | { code: 'verifying-again'; run: RunId; moved?: true }
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
  /** The run was active before, and this approves more of it. */
  running: boolean
}

/** Why the plan is stale, since the base has moved in its paths or settings; null if it is not. */
export const staleness = (drift: BaseDrift | null): Failure | null =>
  drift !== null && (drift.paths.length > 0 || drift.settingsChanged)
    ? { reason: 'plan-stale', paths: drift.paths, settingsChanged: drift.settingsChanged }
    : null

/** Records a base that moved outside of the plan's paths, so that it does not need another decision. */
export const movedBase = ({ drift, at, person }: CommandFacts): RunEvent[] =>
  drift === null ? [] : [{ type: 'base_moved', at, by: person.login, to: drift.to, paths: [], stale: false }]
