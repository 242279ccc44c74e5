import type { Report } from '../core/event.ts'
import { spendingOfTask } from '../core/ledger.ts'
import { attemptKey } from '../core/money-key.ts'
import { shortSha, type TaskId } from '../core/ref.ts'
import { type AttemptRecord, recordOf, type TaskRecord } from '../core/state.ts'
import { usdOf } from '../core/usage.ts'
import { code } from './code.ts'
import { costFacts } from './cost.ts'
import { bounded, inline } from './escape.ts'
import { usd } from './money.ts'
import type { PlannedRun } from './planned.ts'
import { count, duration, moment, secondsBetween } from './words.ts'

/** When, where, on what, how long, and for how much money. */
export function facts(run: PlannedRun, id: TaskId, attempt: AttemptRecord): string[] {
  const record = recordOf(run.work, id)
  const { startedAt, endedAt, slot, head } = attempt
  const report = reportOf(record, attempt)
  const ran = startedAt === null || endedAt === null ? null : duration(secondsBetween(startedAt, endedAt))
  return [
    '### Attempt',
    '',
    `- Attempt ${attempt.attempt}${slot === null ? '' : ` in slot ${code(slot)}`}, queued at ${moment(attempt.queuedAt)}${
      startedAt === null ? '' : `, started at ${moment(startedAt)}`
    }${ran === null ? '' : `, took ${ran}`}`,
    ...(report === null ? [] : [worked(report)]),
    `- Built on ${code(shortSha(attempt.base))}${head === null || head === attempt.base ? '' : `, handed over ${code(shortSha(head))}`}`,
    ...said(record),
    ...cost(run, id, attempt),
  ]
}

const worked = ({ workSeconds, acceptanceSeconds, turns, sandbox }: Report): string =>
  `- ${turns === undefined ? 'Command' : `Agent, ${count(turns, 'turn')},`} ${duration(workSeconds)}, acceptance ${duration(acceptanceSeconds)}, sandbox: ${inline(bounded(sandbox, 100))}`

/** Of this attempt, and of all of the task where there were more. */
function cost({ ledger }: PlannedRun, id: TaskId, { attempt }: AttemptRecord): string[] {
  const key = attemptKey(id, attempt)
  const open = ledger.reserved[key]
  if (open !== undefined)
    return [`- Cost: ${usd(open.usd)} set aside; what of it was spent is known when the attempt is over`]
  const own = ledger.spent[key] ?? []
  const all = spendingOfTask(ledger, id)
  const others = usdOf(all) > usdOf(own) ? [`- All attempts at this task together: ${usd(usdOf(all))}`] : []
  return [...costFacts(own), ...others]
}

/** The last words of people: a note for an attempt, and what its worker was told while it was at it. */
const said = ({ notes, steers }: TaskRecord): string[] => [
  ...notes.slice(-1).map((last) => `- Last note of a person: ${inline(bounded(last, 500))}`),
  ...steers
    .slice(-5)
    .map(({ words, by, at }) => `- ${inline(by)} told the worker at ${moment(at)}: ${inline(bounded(words, 500))}`),
]

/** Only the newest attempt has its report in the state. */
export function reportOf({ state, attempts }: TaskRecord, attempt: AttemptRecord) {
  if (attempt !== attempts.at(-1)) return null
  return state.status === 'verified' || state.status === 'landed' ? state.report : null
}
