import type { Answer } from './answer.ts'
import type { Person } from './authority.ts'
import type { Command } from './command.ts'
import type { RunEvent } from './event.ts'
import type { Failure } from './failure.ts'
import type { Sha, TaskId } from './ref.ts'
import { ok, type Result } from './result.ts'
import type { Settings } from './settings.ts'

/** Who asks, when, and how things stand: everything about a command that can be known beforehand. */
export interface Asking {
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
  drift: Drift | null
}

export type Asked<Name extends Command['name'] = Command['name']> = Asking & {
  command: Extract<Command, { name: Name }>
}

export interface Drift {
  to: Sha
  /** Paths of the plan in which the base branch moved. */
  paths: readonly string[]
  settingsChanged: boolean
}

export interface Decision {
  events: RunEvent[]
  answer: Answer
}
export type Decided = Result<Decision, Failure>

export const stampOf = (asked: Asking) => ({ at: asked.at, by: asked.person.login, key: asked.key })
export const done = (answer: Answer, ...events: RunEvent[]): Decided => ok({ events, answer })
