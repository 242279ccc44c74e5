import { taskBranch } from '../../core/ids.ts'
import { spendingOfTask } from '../../core/money/ledger.ts'
import type { Task } from '../../core/plan/plan.ts'
import { isSettled, recordOf } from '../../core/run/lookup.ts'
import type { AttemptRecord, TaskRecord } from '../../core/run/task-record.ts'
import { blockers } from '../../core/run/task-status.ts'
import { parkedUntil } from '../../core/schedule/parked.ts'
import { costCells } from '../cost.ts'
import { table } from '../markdown/blocks.ts'
import { code, codes } from '../markdown/code.ts'
import { clock, count, duration, secondsBetween } from '../markdown/format.ts'
import { type PlannedRun, pullOf } from '../plan/planned-run.ts'
import { taskTitle } from '../plan/tasks.ts'
import type { DisplayStatus, DisplayStatuses } from './display-status.ts'
import { adaptedNote, reviewNote } from './review-text.ts'
import { failureLine } from './task-failure.ts'

export interface TableDetail {
  /** Only tasks that have not landed. */
  open: boolean
  /** Titles and notes. */
  words: boolean
}

/** One row for each task. Tokens and cost have columns only if a model is used. */
export function statusTable(run: PlannedRun, statuses: DisplayStatuses, { open, words }: TableDetail): string[] {
  const blocked = blockers(run.work)
  const costs = run.work.plan.tasks.some(({ id }) => spendingOfTask(run.ledger, id).length > 0)
  const shown = run.work.plan.tasks.filter((task) => !open || statuses.get(task.id) !== 'landed')
  const rows = shown.map((task) => {
    const record = recordOf(run.work, task.id)
    const status = statuses.get(task.id) ?? 'waits for its needs'
    const last = record.attempts.at(-1)
    return [
      words ? taskTitle(task) : code(task.id),
      task.kind === 'gate' && status === 'landed' ? 'open' : status,
      last === undefined || task.kind === 'gate' ? '' : `${last.attempt}`,
      last?.slot == null ? '' : code(last.slot),
      time(last),
      ...(costs ? costCells(spendingOfTask(run.ledger, task.id)) : []),
      place(run, task, last),
      ...(words ? [note(run, task, record, status, blocked.get(task.id) ?? null)] : []),
    ]
  })
  const header = ['Task', 'Status', 'Attempt', 'Slot', 'Time', ...(costs ? ['Tokens', 'Cost'] : []), 'Work']
  return table([...header, ...(words ? ['Note'] : [])], rows)
}

/** The start while the attempt runs, then its duration: no clock is read. */
function time(last: AttemptRecord | undefined): string {
  if (last?.startedAt == null) return ''
  return last.endedAt === null
    ? `since ${clock(last.startedAt)}`
    : duration(secondsBetween(last.startedAt, last.endedAt))
}

function place(run: PlannedRun, task: Task, last: AttemptRecord | undefined): string {
  if (task.kind === 'gate' || task.kind === 'plan' || last === undefined) return ''
  return pullOf(run, task.id) ?? code(taskBranch(run.run, task.id))
}

function note(run: PlannedRun, task: Task, record: TaskRecord, status: DisplayStatus, cause: string | null): string {
  switch (status) {
    case 'failed':
      return record.state.status === 'failed' ? sentenceOf(failureLine(record.state.failure)) : ''
    case 'blocked':
      return cause === null ? '' : `Blocked by ${code(cause)}.`
    case 'waits for a person':
      return `${task.kind === 'gate' ? 'A gate.' : 'Verified.'} Type ${code(`/approve ${task.id}`)}.`
    case 'waits for approval':
      return 'Done; it lands when the plan is approved.'
    case 'expanded':
      return record.state.status === 'expanded' ? `Became ${codes(record.state.into)}.` : ''
    case 'landed':
      return words(again(record), resolved(record), reviewNote(record), adaptedNote(run.work, task.id))
    case 'waits for its needs':
      return words(again(record), missing(run, task), adaptedNote(run.work, task.id))
    case 'waits for the model':
      return words(again(record), goesOn(task.id, record))
    case 'at work':
    case 'verified':
    case 'in review':
    case 'queued':
    case 'not approved':
    case 'skipped':
    case 'cancelled':
      return words(again(record), adaptedNote(run.work, task.id))
  }
}

const words = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ')

const goesOn = (id: string, record: TaskRecord): string => {
  const until = parkedUntil(id, record)
  return until === null ? '' : `Goes on at ${clock(until.toISOString())}.`
}

function missing(run: PlannedRun, task: Task): string {
  const waits = task.needs.filter((need) => !isSettled(run.work, need))
  return waits.length === 0 ? '' : `Waits for ${codes(waits)}.`
}

function resolved({ state }: TaskRecord): string {
  const others = state.status === 'landed' ? (state.report?.resolved ?? []) : []
  return others.length === 0 ? '' : `A model resolved its conflict with ${codes(others)}.`
}

/** Why the attempt before this one ended; empty if there was none. */
function again({ attempts, state }: TaskRecord): string {
  const over = state.status === 'pending' ? attempts.at(-1) : attempts.at(-2)
  if (over === undefined) return ''
  if (over.outcome === 'returned')
    return `Attempt ${over.attempt} lost its slot${over.head === null ? '' : '; its last checkpoint is kept'}.`
  return over.failure === null ? '' : `Attempt ${over.attempt}: ${failureLine(over.failure)}.`
}

const sentenceOf = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** The line that stands for rows and columns left out. */
export const leftOut = (run: PlannedRun, { open, words }: TableDetail): string[] => {
  if (!open && words) return []
  const what = [...(open ? ['tasks that have landed'] : []), ...(words ? [] : ['titles and notes'])]
  return ['', `Left out, since ${count(run.work.plan.tasks.length, 'task')} would not fit: ${what.join(', ')}.`]
}
