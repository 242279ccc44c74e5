import type { TaskFailure } from '../failure.ts'
import type { Sha, TaskId } from '../ids.ts'
import { attemptKey } from '../money/money-key.ts'
import { recordOf } from '../run/lookup.ts'
import type { ActiveRun } from '../run/state.ts'
import type { AttemptRecord, TaskRecord } from '../run/task-record.ts'

type BusyFailure = Extract<TaskFailure, { reason: 'model-busy' }>

/** Minutes without an answer of the model after which a person is told. */
export const BUSY_MINUTES = 60
/** Parked attempts in a row after which a person is told: the times are those of a slot, which nothing else confirms. */
const MOST_PARKED = 20
/** In seconds; a task goes on after one to two times as long. */
const PARKED = 120

/** Whether the model has been busy for so long that a person should know. */
export const isBusyTooLong = ({ since, until }: BusyFailure, { attempts }: Pick<TaskRecord, 'attempts'>): boolean =>
  Date.parse(until) - Date.parse(since) >= BUSY_MINUTES * 60_000 || parkedInRow(attempts) >= MOST_PARKED

function parkedInRow(attempts: readonly AttemptRecord[]): number {
  const closed = attempts.filter(({ outcome }) => outcome !== 'open')
  return closed.length - 1 - closed.findLastIndex(({ failure }) => failure?.reason !== 'model-busy')
}

/** What people are told if the model is busy for too long. */
export const givenUp = ({ detail }: BusyFailure): TaskFailure => ({
  reason: 'model-failed',
  detail: `it gave no answer for ${BUSY_MINUTES} minutes: ${detail}`,
  busy: true,
})

/** When a parked task goes on; null: it is not parked. */
export function parkedUntil(id: TaskId, { state, attempts }: TaskRecord): Date | null {
  const last = attempts.at(-1)
  if (state.status !== 'pending' || last?.failure?.reason !== 'model-busy' || last.endedAt === null) return null
  return new Date(Date.parse(last.endedAt) + PARKED * (1 + spread(attemptKey(id, last.attempt))) * 1000)
}

/** 0 to 1, by the name alone: tasks that were parked together do not go on together, and each process says the same. */
function spread(name: string): number {
  let sum = 0
  for (const char of name) sum = (sum * 31 + char.charCodeAt(0)) % 1009
  return sum / 1009
}

/** Why the attempt before the current one was parked; null: it was not. */
export function parkedBefore({ work }: ActiveRun, id: TaskId): BusyFailure | null {
  const failure = recordOf(work, id).attempts.at(-2)?.failure
  return failure?.reason === 'model-busy' ? failure : null
}

/** An attempt that says nothing of the work: its slot was lost, or the model was busy, and it was parked or given up. */
export const isInterrupted = ({ outcome, failure }: Pick<AttemptRecord, 'outcome' | 'failure'>): boolean =>
  outcome === 'returned' ||
  failure?.reason === 'slot-lost' ||
  failure?.reason === 'model-busy' ||
  (failure?.reason === 'model-failed' && failure.busy === true)

/** The interrupted attempt whose work the current one goes on with; attempts that left no work are passed over. */
export function resumable({ attempts }: Pick<TaskRecord, 'attempts'>): (AttemptRecord & { head: Sha }) | null {
  for (const one of attempts.toReversed()) {
    const { head } = one
    if (head !== null) return isInterrupted(one) ? { ...one, head } : null
  }
  return null
}
