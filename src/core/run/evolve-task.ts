import type { TaskId } from '../ids.ts'
import { isUnderfunded } from '../money/allowance.ts'
import { ownOf } from '../own.ts'
import type { EventOf } from './event.ts'
import type { ChangingEvent } from './folds.ts'
import { taskOf } from './lookup.ts'
import type { AttemptRecord, TaskRecord, TaskState } from './task-record.ts'
import type { Work } from './work.ts'

/** Task records copied during the current fold: not shared yet, so they may be mutated. With what they were copied from, and what has changed since. */
export type CopiedRecords = WeakMap<Work['tasks'], { from: Work['tasks']; changed: Set<TaskId> }>

/** The ids of records, handed on from copy to copy: to list the keys of an object with thousands takes longer than all else here. */
const idsOf = new WeakMap<Work['tasks'], readonly TaskId[]>()

function copyOf(tasks: Work['tasks']): Work['tasks'] {
  const ids = idsOf.get(tasks) ?? Object.keys(tasks)
  const copy: Work['tasks'] = {}
  for (const id of ids) {
    const record = tasks[id]
    if (record !== undefined) copy[id] = record
  }
  idsOf.set(copy, ids)
  return copy
}

/** The records, which may be mutated: this fold's own copy. */
function ownRecords(shared: Work['tasks'], id: TaskId, fresh: CopiedRecords): Work['tasks'] {
  const copied = fresh.get(shared)
  copied?.changed.add(id)
  if (copied !== undefined) return shared
  const tasks = copyOf(shared)
  fresh.set(tasks, { from: shared, changed: new Set([id]) })
  return tasks
}

/** The work after an event about one task. */
export function evolveTask(work: Work, event: ChangingEvent<'task'>, fresh: CopiedRecords): Work {
  const record = ownOf(work.tasks, event.task)
  if (record === undefined) return work
  const tasks = ownRecords(work.tasks, event.task, fresh)
  tasks[event.task] = evolveRecord(work, record, event.task, event)
  const changed = { ...work, tasks }
  // A task that runs again changes the final trunk, so that an old verdict no longer applies.
  return event.type === 'task_retried' || event.type === 'task_skipped'
    ? { ...changed, verification: null, culprit: null }
    : changed
}

/** None, if the orchestrator let it land. */
const landedBy = ({ by }: { by: string }): Pick<TaskRecord, 'landedBy'> => (by === 'tributary' ? {} : { landedBy: by })

function evolveRecord(work: Work, record: TaskRecord, id: TaskId, event: ChangingEvent<'task'>): TaskRecord {
  const { state } = record
  switch (event.type) {
    case 'task_queued': {
      const status = taskOf(work, id).kind === 'gate' ? 'waiting' : 'queued'
      const queued = { status, attempt: event.attempt, base: event.base, since: event.at } as const
      return {
        ...record,
        state: queued,
        attempts: [...record.attempts, openAttempt(event.attempt, event.base, event.at)],
      }
    }
    case 'task_started':
      if (state.status !== 'queued') return record
      return update(
        record,
        event.attempt,
        { startedAt: event.at, slot: event.slot, ...(event.job !== undefined && { job: event.job }) },
        {
          status: 'in_progress',
          attempt: event.attempt,
          base: state.base,
          slot: event.slot,
          since: event.at,
        },
      )
    case 'task_returned':
      if (event.requeued) return requeued(record, event)
      return {
        ...update(
          record,
          event.attempt,
          { endedAt: event.at, outcome: 'returned', ...event.kept },
          { status: 'pending' },
        ),
        lost: record.lost + 1,
      }
    case 'task_verified':
      if (!('base' in state) || state.base === null) return record
      return update(
        record,
        event.attempt,
        { endedAt: event.at, head: event.head, outcome: 'verified', ...begunAt(record, event) },
        {
          status: 'verified',
          attempt: event.attempt,
          base: state.base,
          head: event.head,
          report: event.report,
          since: event.at,
          ...(event.review && { review: event.review }),
        },
      )
    case 'task_reviewed':
      return reviewed(record, event)
    case 'task_adapted': {
      const { of, ofAttempt, words } = event
      const others = (record.adapted ?? []).filter((one) => one.of !== of)
      return { ...record, adapted: [...others, { of, ofAttempt, words }] }
    }
    case 'task_landed': {
      if (state.status !== 'verified') return record
      const { review: _, ...done } = state
      return {
        ...record,
        ...landedBy(event),
        pullClosed: undefined,
        state: { ...done, status: 'landed', since: event.at },
      }
    }
    case 'gate_approved':
      if (state.status !== 'waiting') return record
      return update(
        { ...record, ...landedBy(event) },
        state.attempt,
        { endedAt: event.at, outcome: 'verified' },
        {
          ...state,
          status: 'landed',
          head: state.base,
          report: null,
          since: event.at,
        },
      )
    case 'task_failed': {
      const { attempt, head, failure } = event
      const failed: TaskState = event.final
        ? { status: 'failed', attempt, base: baseOf(state), head, failure, since: event.at }
        : { status: 'pending' }
      const change = { endedAt: event.at, head, outcome: 'failed', failure, ...begunAt(record, event) } as const
      const next = update(record, attempt, change, failed)
      const counts = failure.reason === 'model-busy' || isUnderfunded(failure, work.settings) ? 0 : 1
      return { ...next, failures: record.failures + counts, replanWanted: event.replan === true }
    }
    case 'task_conflicted':
      return conflicted(record, event)
    case 'task_retried':
      return {
        ...record,
        state: { status: 'pending' },
        failures: 0,
        replanWanted: false,
        conflicts: 0,
        lost: 0,
        onto: event.onto.length > 0 ? event.onto : record.onto,
        notes: event.note === '' ? record.notes : [...record.notes, event.note],
        pullClosed: undefined,
        sentBack: undefined,
        ...(event.threads && { threads: [...new Set([...(record.threads ?? []), ...event.threads])] }),
      }
    case 'worker_pull_closed':
      return { ...record, pullClosed: { by: event.by, at: event.at } }
    case 'worker_pull_reopened':
      return { ...record, pullClosed: undefined }
    case 'task_steered':
      return { ...record, steers: [...record.steers, { words: event.words, by: event.by, at: event.at }] }
    case 'task_skipped':
      return closeOpen(record, event.at, 'skipped', { status: 'skipped', base: baseOf(state), since: event.at })
    case 'task_cancelled':
      return closeOpen(record, event.at, 'cancelled', { status: 'cancelled', base: baseOf(state), since: event.at })
  }
}

/** An attempt that never began is none: it waits for another slot, as if it had not been given to this one. */
function requeued(record: TaskRecord, { attempt, at }: EventOf<'task_returned'>): TaskRecord {
  if (record.state.status !== 'in_progress') return record
  const queued = { status: 'queued', attempt, base: record.state.base, since: at } as const
  return update(record, attempt, { startedAt: null, slot: null }, queued)
}

/** The slot's word about when it began, if that lies in the time that it had the attempt. */
function begunAt({ attempts }: TaskRecord, event: EventOf<'task_verified' | 'task_failed'>) {
  const given = attempts.find(({ attempt }) => attempt === event.attempt)?.startedAt
  const { begun } = event
  if (begun === undefined || given == null) return {}
  const isWithin = Date.parse(given) <= Date.parse(begun) && Date.parse(begun) <= Date.parse(event.at)
  return isWithin ? { startedAt: begun } : {}
}

/** Work that was sent back is one more failed attempt, which the next one is told of; it is no step on the retry ladder. */
function reviewed(record: TaskRecord, event: EventOf<'task_reviewed'>): TaskRecord {
  const { state } = record
  if (state.status !== 'verified' || state.attempt !== event.attempt || state.review === undefined) return record
  const { review: reasons, ...rest } = state
  const { attempt, verdict, findings, model, why } = event
  const review = { attempt, verdict, findings, reasons, ...(model && { model }), ...(why && { why }) }
  if (verdict !== 'sent-back') return { ...record, review, state: rest }
  const failure = { reason: 'sent-back', log: findings.map((one) => `- ${one}`).join('\n') } as const
  const pending: TaskState = { status: 'pending' }
  return { ...update(record, attempt, { outcome: 'failed', failure }, pending), review, sentBack: true }
}

const baseOf = (state: TaskState) => ('base' in state ? state.base : null)

function conflicted(record: TaskRecord, event: EventOf<'task_conflicted'>): TaskRecord {
  const last = record.attempts.at(-1)
  const failure = { reason: 'conflict', with: event.with, paths: event.paths } as const
  const state: TaskState = event.final
    ? {
        status: 'failed',
        attempt: last?.attempt ?? 1,
        base: last?.base ?? null,
        head: last?.head ?? null,
        failure,
        since: event.at,
      }
    : { status: 'pending' }
  const closed =
    last === undefined ? { ...record, state } : update(record, last.attempt, { outcome: 'conflict', failure }, state)
  return { ...closed, conflicts: record.conflicts + 1, onto: [...new Set([...record.onto, ...event.onto])] }
}

const openAttempt = (attempt: number, base: string, at: string): AttemptRecord => ({
  attempt,
  base,
  queuedAt: at,
  startedAt: null,
  endedAt: null,
  slot: null,
  head: null,
  outcome: 'open',
  failure: null,
})

function update(record: TaskRecord, attempt: number, change: Partial<AttemptRecord>, state: TaskState): TaskRecord {
  const attempts = record.attempts.map((one) => (one.attempt === attempt ? { ...one, ...change } : one))
  return { ...record, attempts, state }
}

function closeOpen(record: TaskRecord, at: string, outcome: 'skipped' | 'cancelled', state: TaskState): TaskRecord {
  const attempts = record.attempts.map((one) => (one.outcome === 'open' ? { ...one, endedAt: at, outcome } : one))
  return { ...record, attempts, state }
}
