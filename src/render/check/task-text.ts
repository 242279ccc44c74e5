import type { RefusedHost } from '../../core/allowed-host.ts'
import { failureLog } from '../../core/failure.ts'
import { shortSha, type TaskId } from '../../core/ids.ts'
import { spendingOfTask } from '../../core/money/ledger.ts'
import { attemptKey } from '../../core/money/money-key.ts'
import { usdOf } from '../../core/money/usage.ts'
import { ownOf } from '../../core/own.ts'
import type { Task } from '../../core/plan/plan.ts'
import { recordOf } from '../../core/run/lookup.ts'
import type { Report } from '../../core/run/report.ts'
import type { AttemptRecord, TaskRecord } from '../../core/run/task-record.ts'
import { costFacts } from '../cost.ts'
import { sections } from '../markdown/blocks.ts'
import { code, codes } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { outputEnd } from '../markdown/failing-lines.ts'
import { fitted, LIMITS } from '../markdown/fit.ts'
import { count, duration, moment, secondsBetween, usd } from '../markdown/format.ts'
import { blockQuote } from '../markdown/model-text.ts'
import type { PlannedRun } from '../plan/planned-run.ts'
import { handOffLines, taskFacts } from '../plan/task-brief.ts'
import { newestReport } from '../status/display-status.ts'
import { adaptationLines, differenceLines, reviewLines } from '../status/review-text.ts'
import { explainTaskFailure, flakyAcceptance } from '../status/task-failure.ts'

/** Of texts of a hand-off, in each rendering. */
const LEVELS: readonly number[] = [1_200, 200, 40]

/** Output, hand-off and facts of an attempt. */
export function checkText(run: PlannedRun, id: TaskId, attempt: AttemptRecord): string {
  const record = recordOf(run.work, id)
  return fitted(LIMITS.check, [
    ...LEVELS.map(
      (most) => () =>
        sections(
          outputSection(outputOf(record, attempt)),
          handOff(run, id, attempt, most),
          review(record, attempt, most),
          facts(run, id, attempt),
        ),
    ),
    () => facts(run, id, attempt),
  ])
}

function handOff({ work }: PlannedRun, id: TaskId, attempt: AttemptRecord, most: number): string[] {
  const left = reportOf(recordOf(work, id), attempt)?.handOff
  return left === undefined ? [] : ['### Hand-off', '', ...handOffLines(left, most), ...differenceLines(work, id, most)]
}

/** What a model said of this attempt before it landed. It is no permission, and says so by its label. */
function review(record: TaskRecord, { attempt }: AttemptRecord, most: number): string[] {
  const lines = record.review?.attempt === attempt ? reviewLines(record, most) : []
  return lines.length === 0 ? [] : ['### Review', '', ...lines]
}

const outputOf = (record: TaskRecord, attempt: AttemptRecord): string =>
  attempt.failure === null ? (reportOf(record, attempt)?.acceptanceLog ?? '') : failureLog(attempt.failure)

/** The end of an output, with a heading. */
export const outputSection = (output: string): string[] => {
  const end = outputEnd(output)
  return end.length === 0 ? [] : ['### Output', '', ...end]
}

/** The brief of a task and the result of an attempt. If it does not fit, the goal and the line of the run go first, then all but the title. */
export const checkSummary = (run: PlannedRun, task: Task, attempt: AttemptRecord | null, title: string): string =>
  fitted(LIMITS.check, [
    () => summary(run, task, attempt, true),
    () => summary(run, task, attempt, false),
    () => [
      `**${inline(bounded(title, 200))}**`,
      '',
      'The brief is too long to be shown here; the plan comment has it.',
    ],
  ])

/** GitHub shows the title above it. */
function summary(run: PlannedRun, task: Task, attempt: AttemptRecord | null, full: boolean): string[] {
  const failure = attempt?.failure ?? null
  return sections(
    failure === null ? [] : explainTaskFailure(failure, isLast(run, task, attempt) ? task.id : null),
    full && task.goal.trim() !== '' ? blockQuote(task.goal) : [],
    resolution(run, task, attempt),
    task.kind === 'gate'
      ? [`A gate: nothing behind it starts before ${code(`/approve ${task.id}`)}.`]
      : taskFacts(task, run.work.settings),
    full ? [`Issue #${run.issue.number}, run ${code(run.run)}.`] : [],
  )
}

/** Only the last attempt of a failed task asks a person to act. */
function isLast({ work }: PlannedRun, { id }: Task, attempt: AttemptRecord | null): boolean {
  const record = ownOf(work.tasks, id)
  return record?.state.status === 'failed' && record.attempts.at(-1) === attempt
}

/** Marked so that people look at it closely. */
function resolution({ work }: PlannedRun, { id }: Task, attempt: AttemptRecord | null): string[] {
  const record = recordOf(work, id)
  const others = attempt === null ? undefined : reportOf(record, attempt)?.resolved
  if (others === undefined || others.length === 0) return []
  return [
    `**Conflict resolved by a model**: this settles a conflict with ${codes(others)}. Its acceptance was run by the machine, and the verification of the whole follows.`,
  ]
}

/** Number, slot, times, commits and cost of an attempt. */
function facts(run: PlannedRun, id: TaskId, attempt: AttemptRecord): string[] {
  const record = recordOf(run.work, id)
  const { startedAt, endedAt, slot, head } = attempt
  const report = reportOf(record, attempt)
  const ran = startedAt === null || endedAt === null ? null : duration(secondsBetween(startedAt, endedAt))
  return [
    '### Attempt',
    '',
    `- Attempt ${attempt.attempt}${slot === null ? '' : ` in slot ${code(slot)}`}, queued at ${moment(attempt.queuedAt)}${
      startedAt === null ? '' : `, started at ${moment(startedAt)}`
    }${ran === null ? '' : `, work time ${ran}`}`,
    ...(report === null ? [] : [durations(report)]),
    ...(report?.refusedHosts === undefined ? [] : [refusedLine(report.refusedHosts)]),
    ...(report?.flaky === undefined ? [] : [`- **Flaky**: ${flakyAcceptance(report.flaky)}`]),
    `- Built on ${code(shortSha(attempt.base))}${head === null || head === attempt.base ? '' : `, handed over ${code(shortSha(head))}`}`,
    ...adaptationLines(run.work, id, 500),
    ...peopleLines(record),
    ...cost(run, id, attempt),
  ]
}

const durations = ({ workSeconds, acceptanceSeconds, turns, sandbox }: Report): string =>
  `- ${turns === undefined ? 'Command' : `Agent, ${count(turns, 'turn')},`} ${duration(workSeconds)}, acceptance ${duration(acceptanceSeconds)}, sandbox: ${inline(bounded(sandbox, 100))}`

const MOST_HOSTS = 10

/** Hosts are the words of commands: any text. */
function refusedLine(hosts: readonly RefusedHost[]): string {
  const requests = hosts.reduce((sum, one) => sum + one.requests, 0)
  const named = [...new Set(hosts.map(({ host }) => host))].slice(0, MOST_HOSTS).map((host) => bounded(host, 100))
  const more = hosts.length > named.length ? ' and more' : ''
  return `- Network: ${count(requests, 'request')} refused, to ${codes(named)}${more}`
}

/** The cost of this attempt, and of all attempts at the task if there were more. */
function cost({ ledger }: PlannedRun, id: TaskId, { attempt }: AttemptRecord): string[] {
  const own = ledger.spent[attemptKey(id, attempt)] ?? []
  const all = spendingOfTask(ledger, id)
  const others = usdOf(all) > usdOf(own) ? [`- All attempts at this task together: ${usd(usdOf(all))}`] : []
  return [...costFacts(own), ...others]
}

/** The last note for a retry, and the last instructions of people to the worker. */
const peopleLines = ({ notes, steers }: TaskRecord): string[] => [
  ...notes.slice(-1).map((last) => `- Last note of a person: ${inline(bounded(last, 500))}`),
  ...steers
    .slice(-5)
    .map(({ words, by, at }) => `- ${inline(by)} told the worker at ${moment(at)}: ${inline(bounded(words, 500))}`),
]

const reportOf = (record: TaskRecord, attempt: AttemptRecord): Report | null =>
  attempt === record.attempts.at(-1) ? newestReport(record) : null
