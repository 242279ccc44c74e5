import type { Failure } from '../failure.ts'
import type { RunId, Sha, TaskId } from '../ids.ts'
import type { BaseDrift } from '../landing/base-drift.ts'
import type { PlanAnswer, Question } from '../plan/planning.ts'
import { ok, type Result } from '../result.ts'
import type { RunEvent } from '../run/event.ts'
import type { Settings } from '../settings.ts'
import type { Person } from './authority.ts'
import type { Command } from './grammar.ts'

/** Who asks, when, and how things stand: everything about a command that can be known beforehand. */
export interface CommandFacts {
  person: Person
  /** From the default branch, now: who may command is not the plan's to say. */
  settings: Settings
  at: string
  /** When the comment was written: an approval counts only for a plan that was there to be read. */
  commentedAt: string
  key: string
  issue: number
  /** The task whose worker pull request the comment stands on. */
  threadTask: TaskId | null
  /** How the base branch stands to the plan's base; null where it has not moved. */
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

/** What a command that was taken brought about; the code is stable and shown to people. */
export type CommandAnswer =
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

/** Why nothing may start on a base that has moved since the plan was made; null where the plan is as good as before. */
export const staleness = (drift: BaseDrift | null): Failure | null =>
  drift !== null && (drift.paths.length > 0 || drift.settingsChanged)
    ? { reason: 'plan-stale', paths: drift.paths, settingsChanged: drift.settingsChanged }
    : null

/** A move of the base in no path of the plan is written down, so that nobody is asked about it again. */
export const movedBase = ({ drift, at, person }: CommandFacts): RunEvent[] =>
  drift === null ? [] : [{ type: 'base_moved', at, by: person.login, to: drift.to, paths: [], stale: false }]
