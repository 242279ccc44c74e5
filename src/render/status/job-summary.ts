import type { Cost } from '../../core/money/ledger.ts'
import type { Spending } from '../../core/money/usage.ts'
import type { LiveRun } from '../../core/run/state.ts'
import { costCells, costTable } from '../cost.ts'
import { detailsBlock, sections, table } from '../markdown/blocks.ts'
import { code, fence } from '../markdown/code.ts'
import { inline } from '../markdown/escape.ts'
import { failingLines, outputEnd } from '../markdown/failing-lines.ts'
import { firstOf, fitted, LIMITS } from '../markdown/fit.ts'
import { count, duration } from '../markdown/format.ts'
import { statusText } from './status-comment.ts'

/** The job summary of an orchestrator: the status of the run when the job ends. */
export const orchestratorSummary = (run: LiveRun): string => statusText(run)

/** One attempt or verification of a slot. */
export interface SlotWork {
  /** A task's id, or `verify`. */
  task: string
  attempt: number
  outcome: string
  seconds: number
  /** What a model cost, also in an attempt that failed. Absent: no model worked on it. */
  spending?: readonly Spending[]
  /** What the command that failed printed. */
  output?: string
}

const ROOM = 500_000

/** The job summary of a slot. */
export const slotSummary = (slot: string, pieces: readonly SlotWork[]): string =>
  fitted(LIMITS.summary, [() => summary(slot, pieces)])

const summary = (slot: string, pieces: readonly SlotWork[]): string[] =>
  sections(
    [`## Slot ${inline(slot)}`],
    pieces.length === 0
      ? ['There was nothing to do for it.']
      : [
          `${count(pieces.length, 'piece')} of work in ${duration(pieces.reduce((sum, { seconds }) => sum + seconds, 0))}.`,
        ],
    firstOf(rows(pieces), ROOM, (left) => `| and ${left} more | | |`),
    ...pieces
      .filter(({ output = '' }) => output.trim() !== '')
      .slice(-MOST_FAILURES)
      .map(whyFailed),
    costTable(costsOf(pieces)),
  )

const MOST_FAILURES = 20

/** The lines that say what failed and, as in the check of the task, the end of the output. */
const whyFailed = ({ task, attempt, output = '' }: SlotWork): string[] =>
  sections(
    [`${code(task)}, attempt ${attempt}, failed with:`],
    fence(failingLines(output).join('\n')),
    detailsBlock('The end of its output', outputEnd(output)),
  )

const costsOf = (pieces: readonly SlotWork[]): Cost[] =>
  pieces.flatMap(({ spending = [], seconds }) => (spending.length > 0 ? [{ spending, seconds }] : []))

function rows(pieces: readonly SlotWork[]): string[] {
  return table(
    ['Task', 'Outcome', 'Work'],
    pieces.map(({ task, attempt, outcome, seconds, spending }) => [
      code(task),
      inline(outcome),
      [
        duration(seconds),
        ...(attempt > 1 ? [`attempt ${attempt}`] : []),
        ...costCells(spending ?? []).filter((cell) => cell !== ''),
      ].join(', '),
    ]),
  )
}
