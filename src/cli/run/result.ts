import { failureLog } from '../../core/failure.ts'
import { spentUsd } from '../../core/money/ledger.ts'
import { type RunState, workOf } from '../../core/run/state.ts'
import { visible } from '../../render/markdown/escape.ts'
import { failingLines } from '../../render/markdown/failing-lines.ts'
import { count, duration, secondsBetween, usd } from '../../render/markdown/format.ts'
import { plain } from '../../render/page/plain.ts'
import { headline } from '../../render/status/headline.ts'
import { nextSteps } from '../../render/status/next-steps.ts'
import { failureLine } from '../../render/status/task-failure.ts'
import type { Taken } from '../up/take-result.ts'

/** The last lines of a run that is done. */
export function closingLines(state: RunState, { branch }: Taken): string[] {
  const work = workOf(state)
  if (work === null || state.phase === 'empty') return []
  const seconds = state.phase === 'ended' ? secondsBetween(state.askedAt, state.endedAt) : 0
  const spent = spentUsd(state.ledger)
  const money = spent === 0 ? '' : `, ${usd(spent)}`
  return [
    `${count(work.plan.tasks.length, 'task')} in ${duration(seconds)}${money}.`,
    `The result is the branch ${branch}: \`git diff ${work.baseBranch}...${branch}\` shows it, \`git merge ${branch}\` merges it.`,
  ]
}

/** Why a run goes no further here, and what a person can type on its page. */
export function stoppedLines(state: RunState, reply: string | null): string[] {
  if (state.phase === 'empty') return [reply === null ? 'Nothing came of it.' : replyText(reply)]
  const { title, counts, detail } = headline(state)
  return [
    `${title}${counts === '' ? '' : `: ${counts}`}. ${plain(detail)}`,
    ...(state.phase === 'ended' ? state.problems.map(({ message }) => plain(message)) : []),
    ...failures(state),
    ...nextSteps(state).map((step) => `  ${plain(step)}`),
  ]
}

/** Each task that failed for good, with why, and the first failing lines of its output. */
const failures = (state: RunState): string[] =>
  Object.entries(workOf(state)?.tasks ?? {}).flatMap(([id, { state: task }]) =>
    task.status !== 'failed'
      ? []
      : [
          `${id}: ${plain(failureLine(task.failure))}`,
          ...failingLines(failureLog(task.failure)).map((line) => `    ${visible(line)}`),
        ],
  )

/** A comment of ours without its markers and small print. */
export const replyText = (body: string): string =>
  plain(
    body
      .replace(/<!--[\s\S]*?-->/g, '')
      .replace(/<sub>[\s\S]*?<\/sub>/g, '')
      .replace(/^#+ /gm, ''),
  ).trim()
