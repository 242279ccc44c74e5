import type { Failure } from '../failure.ts'
import { err, ok, type Result } from '../result.ts'
import type { LiveRun } from '../run/state.ts'
import type { Settings } from '../settings.ts'

export interface Person {
  login: string
  type: string
  /** The current role according to the API; `none` if unknown. */
  role: 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none'
  /** The App that wrote the comment in the person's name; null if the person wrote it. */
  viaApp: string | null
}

const RANK = { none: 0, read: 1, triage: 2, write: 3, maintain: 4, admin: 5 } as const

/** Whether no settings could let the person command runs: not a person at all, or below the least permission that settings can ask for. */
export const isOutsider = ({ type, role }: Person): boolean => type !== 'User' || RANK[role] < RANK.write

/** Answers that outsiders get on one thread in an hour: what they type must not use up the requests that runs need. */
export const ANSWERS_TO_OUTSIDERS = 3

/** Whether the person may command runs; an error says why not. */
export function mayCommand(person: Person, settings: Settings): Result<null, Failure> {
  if (person.type !== 'User') return err({ reason: 'bots-may-not', actor: person.login })
  const needed = settings.approvers.permission
  if (RANK[person.role] < RANK[needed])
    return err({ reason: 'not-permitted', actor: person.login, permission: person.role, needed })
  return ok(null)
}

/** Who asked for the plan as it stands: for the run, and for its last version. Their words are in it, so they are no second person. */
export function askersOf({ askedBy, planning }: Pick<LiveRun, 'askedBy' | 'planning'>): string[] {
  const revision = planning?.revisions.at(-1)
  return revision === undefined ? [askedBy] : [askedBy, revision.by]
}

/** Whether the person may approve a plan, a gate or a landing; an error says why not. */
export function mayApprove(person: Person, settings: Settings, askers: readonly string[]): Result<null, Failure> {
  const allowed = mayCommand(person, settings)
  if (!allowed.ok) return allowed
  // The App may act without the person's knowledge: an approval has to be typed.
  if (person.viaApp !== null) return err({ reason: 'app-may-not-approve', actor: person.login, app: person.viaApp })
  const { users, second_person } = settings.approvers
  const isIn = (logins: readonly string[]) => logins.some((one) => one.toLowerCase() === person.login.toLowerCase())
  if (users.length > 0 && !isIn(users)) return err({ reason: 'not-an-approver', actor: person.login, approvers: users })
  if (second_person && isIn(askers)) return err({ reason: 'second-person-needed', actor: person.login })
  return ok(null)
}
