import { ownOf } from '../core/own.ts'
import type { Task } from '../core/plan.ts'
import { type AttemptRecord, recordOf } from '../core/state.ts'
import { brief } from './brief.ts'
import { reportOf } from './check-facts.ts'
import { code, codes } from './code.ts'
import { bounded, inline } from './escape.ts'
import { explainTaskFailure } from './explain-task.ts'
import { fitted, LIMITS } from './fit.ts'
import type { PlannedRun } from './planned.ts'
import { quoted } from './quoted.ts'
import { sections } from './table.ts'

/** The brief of a task and what came of an attempt. Long prose goes first, then lists are counted instead of shown. */
export const checkSummary = (run: PlannedRun, task: Task, attempt: AttemptRecord | null, title: string): string =>
  fitted(LIMITS.check, [
    () => summary(run, task, attempt, title, true),
    () => summary(run, task, attempt, title, false),
    () => [
      `**${inline(bounded(title, 200))}**`,
      '',
      'The brief is too long to be shown here; the plan comment has it.',
    ],
  ])

function summary(run: PlannedRun, task: Task, attempt: AttemptRecord | null, title: string, full: boolean): string[] {
  const failure = attempt?.failure ?? null
  return sections(
    [`**${inline(title)}**`],
    failure === null ? [] : explainTaskFailure(failure, isLast(run, task, attempt) ? task.id : null),
    full && task.goal.trim() !== '' ? quoted(task.goal) : [],
    resolution(run, task, attempt),
    task.kind === 'gate'
      ? [`A gate: nothing behind it starts before ${code(`/approve ${task.id}`)}.`]
      : brief(task, run.work.settings),
    full ? [`Issue #${run.issue.number}, run ${code(run.run)}.`] : [],
  )
}

/** An attempt that was followed by another, or will be, asks nothing of a person. */
function isLast({ work }: PlannedRun, { id }: Task, attempt: AttemptRecord | null): boolean {
  const record = ownOf(work.tasks, id)
  return record?.state.status === 'failed' && record.attempts.at(-1) === attempt
}

/** People look twice at what a machine has settled. */
function resolution({ work }: PlannedRun, { id }: Task, attempt: AttemptRecord | null): string[] {
  const record = recordOf(work, id)
  const others = attempt === null ? undefined : reportOf(record, attempt)?.resolved
  if (others === undefined || others.length === 0) return []
  return [
    `**Conflict resolved by a model**: this settles a conflict with ${codes(others)}. Its acceptance was run by the machine, and the verification of the whole follows.`,
  ]
}
