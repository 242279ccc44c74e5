import { spendingOfTask } from '../../core/money/ledger.ts'
import { usdOf } from '../../core/money/usage.ts'
import type { Task } from '../../core/plan/plan.ts'
import { recordOf } from '../../core/run/lookup.ts'
import type { AttemptRecord } from '../../core/run/task-record.ts'
import { commandText } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'
import { clockTime, commaList, duration, secondsBetween, usd } from '../markdown/format.ts'
import type { PlannedRun } from '../plan/planned-run.ts'
import { attemptDisplay, displayStatus } from '../status/display-status.ts'
import { failureLine } from '../status/task-failure.ts'
import { type Html, html } from './html.ts'
import { coded, plain } from './plain.ts'

/** A task: state, brief, attempts, failure and cost. `most`: characters of each thing that the plan says of it. */
export function taskSection(run: PlannedRun, task: Task, most: number): Html {
  const { work, ledger } = run
  const { attempts, state } = recordOf(work, task.id)
  const spending = spendingOfTask(ledger, task.id)
  return html`<details class="task" id="task-${task.id}"><summary><code>${task.id}</code> ${task.title} <span class="state">${displayStatus(work, task.id)}</span></summary>
<dl class="facts">${factsOf(task).map(([name, value]) => html`<dt>${name}</dt><dd>${coded(bounded(value.slice(0, 2 * most), most))}</dd>`)}</dl>
${state.status === 'failed' && html`<p><strong>Failed:</strong> ${plain(failureLine(state.failure))}.</p>`}
${attempts.length > 0 && html`<table><thead><tr><th>Attempt</th><th>Slot</th><th>Started</th><th>Work</th><th>Result</th></tr></thead><tbody>${attempts.map((attempt) => attemptRow(run, task, attempt))}</tbody></table>`}
${spending.length > 0 && html`<p>Cost: ${usd(usdOf(spending))}</p>`}
</details>
`
}

/** How much of each brief a page can show, so that all of them fit into `room` characters. */
export function longestFact(tasks: readonly Task[], room: number): number {
  const lengths = tasks.flatMap((task) => factsOf(task).map(([, value]) => value.length))
  const fits = (most: number) => lengths.reduce((sum, length) => sum + Math.min(length, most), 0) <= room
  return [4000, 2000, 1000, 500, 250, 100].find(fits) ?? 50
}

/** What the plan says of it, without what is empty. */
const factsOf = (task: Task): (readonly [string, string])[] =>
  [
    ['Goal', task.goal],
    ['Needs', commaList(task.needs)],
    ['Writes', commaList(task.writes)],
    ['Interface', task.interface],
    ['Command', task.run.length === 0 ? '' : commandText(task.run)],
    ['Acceptance', task.acceptance.argv.length === 0 ? '' : commandText(task.acceptance.argv)],
  ].flatMap(([name = '', value = '']) => (value.trim() === '' ? [] : [[name, value] as const]))

function attemptRow(run: PlannedRun, task: Task, attempt: AttemptRecord): Html {
  const { status, startedAt, endedAt } = attemptDisplay(run, task.id, attempt)
  const took = startedAt === null || startedAt === endedAt ? '' : duration(secondsBetween(startedAt, endedAt))
  const failure = attempt.failure === null ? '' : `: ${plain(failureLine(attempt.failure))}`
  return html`<tr><td>${attempt.attempt}</td><td>${attempt.slot ?? ''}</td><td>${startedAt === null ? '' : clockTime(startedAt)}</td><td>${took}</td><td>${status}${failure}</td></tr>`
}
