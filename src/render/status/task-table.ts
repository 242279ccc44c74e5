import { type TaskId, taskBranch } from '../../core/ids.ts'
import { spendingOfTask } from '../../core/money/ledger.ts'
import { usdOf } from '../../core/money/usage.ts'
import type { Task } from '../../core/plan/plan.ts'
import { isSettled, recordOf } from '../../core/run/lookup.ts'
import { projectedAs } from '../../core/run/projection-name.ts'
import type { AttemptRecord, TaskRecord } from '../../core/run/task-record.ts'
import { blockers } from '../../core/run/task-status.ts'
import { parkedUntil } from '../../core/schedule/parked.ts'
import { workflowRunOf } from '../../core/slots/slot-jobs.ts'
import { table } from '../markdown/blocks.ts'
import { code, codes } from '../markdown/code.ts'
import { clockTime, count, duration, secondsBetween, usd } from '../markdown/format.ts'
import { type PlannedRun, pullOf } from '../plan/planned-run.ts'
import { taskTitle } from '../plan/tasks.ts'
import type { DisplayStatus, DisplayStatuses } from './display-status.ts'
import { adaptedNote, reviewNote } from './review-text.ts'
import { failureLine } from './task-failure.ts'

export interface TableDetail {
  /** Only tasks that have neither landed nor wait for others. */
  open: boolean
  /** Titles and notes. */
  words: boolean
}

/** Two columns, which hold on a phone: the task; and where it stands, what its work took, and links to all of it. */
export function statusTable(run: PlannedRun, statuses: DisplayStatuses, { open, words }: TableDetail): string[] {
  const blocked = blockers(run.work)
  const shown = run.work.plan.tasks.filter(({ id }) => !open || !NOT_OPEN.has(statuses.get(id)))
  const rows = shown.map((task) => {
    const record = recordOf(run.work, task.id)
    const status = statuses.get(task.id) ?? 'waits for its needs'
    const said = words ? note(run, task, record, status, blocked.get(task.id) ?? null) : ''
    const shownStatus = words ? statusOf(run, task, status) : `**${status}**`
    const work = worked(run, task).join(' · ')
    // On a line of its own below a sentence; else beside the status.
    const parts = said === '' ? [shownStatus, work].filter((part) => part !== '').join(' · ') : ''
    return [
      words ? taskTitle(task) : code(task.id),
      said === '' ? parts : `${shownStatus}. ${said}${work === '' ? '' : `<br>${work}`}`,
    ]
  })
  return table(['Task', 'Status'], rows)
}

const NOT_OPEN: ReadonlySet<DisplayStatus | undefined> = new Set(['landed', 'waits for its needs'])

function statusOf(run: PlannedRun, { kind, needs }: Task, status: DisplayStatus): string {
  if (kind === 'gate' && status === 'landed') return '**approved**'
  if (status !== 'waits for its needs') return `**${status}**`
  const missing = needs.filter((need) => !isSettled(run.work, need))
  return missing.length === 0 ? '**waits to start**' : `**waits for** ${codes(missing)}`
}

/** Time, attempts, cost, and links to the pull request or branch, the check and the log of the job. */
function worked(run: PlannedRun, task: Task): string[] {
  const last = recordOf(run.work, task.id).attempts.at(-1)
  if (last === undefined) return []
  // What a person takes to decide is no work.
  if (task.kind === 'gate') return linksOf(run, task.id, last)
  const spent = spendingOfTask(run.ledger, task.id)
  return [
    ...(last.startedAt === null ? [] : [workTime(last)]),
    ...(last.attempt > 1 ? [`attempt ${last.attempt}`] : []),
    ...(spent.length === 0 ? [] : [usd(usdOf(spent))]),
    ...(task.kind === 'plan' ? [] : [pullOf(run, task.id) ?? code(taskBranch(run.run, task.id))]),
    ...linksOf(run, task.id, last),
  ]
}

/** The start while the attempt runs, then its duration: no clock is read. */
const workTime = (last: AttemptRecord): string =>
  last.startedAt === null || last.endedAt === null
    ? `since ${clockTime(last.startedAt ?? last.queuedAt)}`
    : duration(secondsBetween(last.startedAt, last.endedAt))

/** Links to the check of an attempt and to the log of its job. They are relative: on an issue and on a pull request alike. */
export function linksOf(run: PlannedRun, id: TaskId, { head, base, slot, job }: AttemptRecord): string[] {
  const check = projectedAs(run, { kind: 'check', of: id, sha: head ?? base })
  const workflowRun = slot === null ? null : workflowRunOf(run, slot)
  return [
    ...(check === undefined ? [] : [`[check](../runs/${check.number})`]),
    ...(workflowRun === null ? [] : [`[log](../actions/runs/${workflowRun}${job === undefined ? '' : `/job/${job}`})`]),
  ]
}

function note(run: PlannedRun, task: Task, record: TaskRecord, status: DisplayStatus, cause: string | null): string {
  switch (status) {
    case 'failed':
      return record.state.status === 'failed' ? sentenceOf(failureLine(record.state.failure)) : ''
    case 'blocked':
      return cause === null ? '' : `It needs ${code(cause)}.`
    case 'waits for a person':
      return `${task.kind === 'gate' ? 'A gate.' : 'Verified.'} Type ${code(`/approve ${task.id}`)}.`
    case 'waits for approval':
      return 'Done; it lands when the plan is approved.'
    case 'expanded':
      return record.state.status === 'expanded' ? `Became ${codes(record.state.into)}.` : ''
    case 'landed':
      return words(again(record), resolved(record), reviewNote(record), adaptedNote(run.work, task.id))
    case 'waits for the model':
      return words(again(record), goesOn(task.id, record))
    case 'at work':
    case 'verified':
    case 'in review':
    case 'queued':
    case 'waits for its needs':
    case 'not approved':
    case 'skipped':
    case 'cancelled':
      return words(again(record), adaptedNote(run.work, task.id))
  }
}

const words = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ')

const goesOn = (id: string, record: TaskRecord): string => {
  const until = parkedUntil(id, record)
  return until === null ? '' : `Goes on at ${clockTime(until.toISOString())}.`
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
  const what = [...(open ? ['tasks that have landed or wait for others'] : []), ...(words ? [] : ['titles and notes'])]
  return ['', `Left out, since ${count(run.work.plan.tasks.length, 'task')} would not fit: ${what.join(', ')}.`]
}
