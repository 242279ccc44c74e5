import type { Task } from '../core/plan.ts'
import { shortSha } from '../core/ref.ts'
import type { AttemptRecord, TaskRecord } from '../core/state.ts'
import { code, codes, fence, words } from './code.ts'
import { bounded, inline, quote } from './escape.ts'
import { explainTaskFailure, failureLog } from './explain-task.ts'
import { fitted, headAndTail, LIMITS } from './fit.ts'
import type { PlannedRun } from './planned.ts'
import { sections } from './table.ts'
import { duration, moment, secondsBetween } from './words.ts'

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
    full && task.goal.trim() !== '' ? quote(task.goal) : [],
    brief(task),
    full ? [`Issue #${run.issue.number}, run ${code(run.run)}.`] : [],
  )
}

/** Nobody need type anything about an attempt that was followed by another, or will be. */
const isLast = ({ work }: PlannedRun, { id }: Task, attempt: AttemptRecord | null): boolean =>
  work.tasks[id]?.state.status === 'failed' && work.tasks[id].attempts.at(-1) === attempt

function brief(task: Task): string[] {
  if (task.kind === 'gate') return [`A gate: nothing behind it starts before ${code(`/approve ${task.id}`)}.`]
  const line = (name: string, items: string): string[] => (items === '' ? [] : [`- ${name}: ${items}`])
  return [
    ...line('Needs', codes(task.needs)),
    ...line('Writes', codes(task.writes)),
    ...line('Command', task.run.length === 0 ? '' : code(words(task.run))),
    ...line('Acceptance', task.acceptance.argv.length === 0 ? '' : code(words(task.acceptance.argv))),
  ]
}

const LOGS = [40_000, 20_000, 5_000] as const

/** The output that the verdict rests on, and the facts of the attempt. Of a long log the head and the tail are shown. */
export const checkText = (record: TaskRecord, attempt: AttemptRecord): string =>
  fitted(LIMITS.check, [
    ...LOGS.map((limit) => () => sections(log(record, attempt, limit), facts(record, attempt))),
    () => facts(record, attempt),
  ])

function log(record: TaskRecord, attempt: AttemptRecord, limit: number): string[] {
  const output =
    attempt.failure === null ? (reportOf(record, attempt)?.acceptanceLog ?? '') : failureLog(attempt.failure)
  return fencedLog(output, limit)
}

/** Without colours: they are instructions to a terminal. */
export const fencedLog = (output: string, limit: number): string[] => {
  const plain = output.replace(ANSI, '').trimEnd()
  return plain === '' ? [] : ['### Output', '', ...fence(headAndTail(plain, limit))]
}
const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[ -/]*[@-~]`, 'g')

function facts(record: TaskRecord, attempt: AttemptRecord): string[] {
  const { startedAt, endedAt, slot, head } = attempt
  const report = reportOf(record, attempt)
  const ran = startedAt === null || endedAt === null ? null : duration(secondsBetween(startedAt, endedAt))
  return [
    '### Attempt',
    '',
    `- Attempt ${attempt.attempt}${slot === null ? '' : ` in slot ${code(slot)}`}, queued at ${moment(attempt.queuedAt)}${
      startedAt === null ? '' : `, started at ${moment(startedAt)}`
    }${ran === null ? '' : `, took ${ran}`}`,
    ...(report === null
      ? []
      : [
          `- Command ${duration(report.workSeconds)}, acceptance ${duration(report.acceptanceSeconds)}, sandbox: ${inline(bounded(report.sandbox, 100))}`,
        ]),
    `- Built on ${code(shortSha(attempt.base))}${head === null || head === attempt.base ? '' : `, handed over ${code(shortSha(head))}`}`,
    ...notes(record),
    '- Cost: none (no model)',
  ]
}

const notes = ({ notes: said }: TaskRecord): string[] => {
  const last = said.at(-1)
  return last === undefined ? [] : [`- Last note of a person: ${inline(bounded(last, 500))}`]
}

/** Only the newest attempt has its report in the state. */
function reportOf({ state, attempts }: TaskRecord, attempt: AttemptRecord) {
  if (attempt !== attempts.at(-1)) return null
  return state.status === 'verified' || state.status === 'landed' ? state.report : null
}
