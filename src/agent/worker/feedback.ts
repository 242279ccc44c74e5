import type { TaskFailure } from '../../core/failure.ts'
import type { Brief } from '../../core/schedule/brief.ts'
import { describeFailure } from '../prompts/failure-text.ts'
import type { Quotes } from '../prompts/quote.ts'
import type { KeptOutputs } from '../tools/kept-outputs.ts'
import { linesOf } from '../tools/line-view.ts'
import { capped, LONGEST_ANSWER } from '../tools/tool.ts'

/**
 * The message to an agent whose work was not accepted: reason, output and diff so far; `diff` null: git cannot make
 * one.
 */
export function feedback(
  failure: TaskFailure,
  { diff, returnsLeft, outputs }: { diff: string | null; returnsLeft: number; outputs: KeptOutputs },
  quotes: Quotes,
): string {
  const { line, log } = describeFailure(failure)
  return [
    `Your work was committed and checked, and was not accepted: ${line}.`,
    ...(log === null ? [] : [quotes.data('output', capped(log)), ...restOf(log, outputs)]),
    ...changesText(diff, quotes),
    `Find the cause, fix it, and call finish again. ${returnsText(returnsLeft)} The same failure twice in a row ends the attempt.`,
  ].join('\n\n')
}

/** How to read what was cut out of the shown output. */
const restOf = (log: string, outputs: KeptOutputs): string[] =>
  log.length <= LONGEST_ANSWER
    ? []
    : [`It is cut in the middle; output ${outputs.keep(log)} has ${linesOf(log).length} lines of it.`]

function changesText(diff: string | null, quotes: Quotes): string[] {
  if (diff === null)
    return ['What you have changed cannot be shown: a command left something there that git cannot read.']
  return diff === '' ? [] : ['What you have changed so far:', quotes.data('diff', diff)]
}

const returnsText = (left: number): string =>
  left === 1 ? 'It is checked once more.' : `It is checked ${left} more times at most.`

/** The message of every few turns, so that the goal is not lost among what the agent reads. */
export function reminderOf({ task, checks }: Brief, left: { minutes: number; usd: number }): string {
  const acceptance = checks.map(({ argv }) => JSON.stringify(argv)).join(' and ')
  return [
    `Reminder: your task is ${task.id} — ${task.title}. ${task.goal}`.trim().slice(0, 1200),
    `It may write ${task.writes.join(', ') || 'nothing'}. It is done when ${acceptance} passes; then call finish.`,
    `Left: ${Math.max(0, Math.floor(left.minutes))} minutes, ${Math.max(0, left.usd).toFixed(2)} USD.`,
  ].join('\n')
}
