import { failureLog } from '../../../core/failure.ts'
import { type TaskId, taskBranch } from '../../../core/ids.ts'
import { spendingOfTask } from '../../../core/money/ledger.ts'
import type { Task } from '../../../core/plan/plan.ts'
import { recordOf } from '../../../core/run/lookup.ts'
import { locatedPull } from '../../../core/run/projection-name.ts'
import type { TaskRecord } from '../../../core/run/task-record.ts'
import { costCells } from '../../../render/cost.ts'
import { commandText, withoutColours } from '../../../render/markdown/code.ts'
import { clockTime, commaList, count, duration, secondsBetween } from '../../../render/markdown/format.ts'
import { type Html, html } from '../../../render/page/html.ts'
import { coded, plain } from '../../../render/page/plain.ts'
import { transcriptHtml } from '../../../render/page/transcript.ts'
import type { PlannedRun } from '../../../render/plan/planned-run.ts'
import { attemptDisplay, displayStatus, newestReport } from '../../../render/status/display-status.ts'
import { failureLine } from '../../../render/status/task-failure.ts'
import { jobLogEnd } from '../../runner/job/job-log.ts'
import type { World } from '../../world.ts'
import { taskActions } from '../actions/actions.ts'
import { actionForm } from '../actions/forms.ts'
import { type PageContext, repoPath, runPath, taskPath, threadPath } from '../context.ts'
import type { View } from '../layout.ts'
import { type AttemptTranscript, jobOfSlot } from '../transcripts.ts'
import { diffHtml } from './diff.ts'
import { formPlaceOf } from './run.ts'

/** A task: what it is to do, what was tried, what came out. `chosen`: the attempt whose transcript is shown; else the newest. */
export async function taskView(context: PageContext, run: PlannedRun, task: Task, chosen?: string): Promise<View> {
  const record = recordOf(run.work, task.id)
  const status = displayStatus(run.work, task.id)
  const { urgent, other } = taskActions(run, task.id)
  const place = formPlaceOf(context, run, taskPath(run.run, task.id))
  const forms = [...urgent, ...other].map((action) => actionForm(place, action))
  return {
    title: `${task.id}: ${task.title}`,
    trail: [
      [`Run ${run.run}`, runPath(run.run)],
      [task.id, taskPath(run.run, task.id)],
    ],
    now: `${task.id}: ${status}`,
    grows: record.state.status === 'in_progress',
    parts: [
      { id: 'head', html: head(context, run, task, status, record) },
      {
        id: 'needs',
        html:
          forms.length === 0
            ? html``
            : html`<div class="${urgent.length > 0 ? 'needs' : 'may'}"><h2>${urgent.length > 0 ? 'Needs you' : 'You can'}</h2>${forms}</div>`,
      },
      { id: 'brief', html: brief(run, task) },
      { id: 'attempts', html: attempts(context, run, task, record) },
      { id: 'transcript', html: await transcript(context, run, task.id, record, chosen) },
      { id: 'output', html: output(record) },
      { id: 'diff', html: html`<h2>Diff</h2>${await diff(context, record)}` },
    ],
  }
}

function head({ world }: PageContext, run: PlannedRun, task: Task, status: string, record: TaskRecord): Html {
  const pull = locatedPull(run, task.id)?.number
  const { state } = record
  const cost = spendingOfTask(run.ledger, task.id)
  const [tokens, price] = costCells(cost)
  return html`<h1><code>${task.id}</code> ${task.title}</h1>
<p><span class="now-title">${status}</span>${state.status === 'failed' && html`: ${plain(failureLine(state.failure))}`}</p>
<p class="lead">Branch <code>${taskBranch(run.run, task.id)}</code>${pull !== undefined && html` · <a href="${threadPath(world, pull)}">Pull request #${pull}</a>`}</p>
${cost.length > 0 && html`<p>Cost: ${plain(price)} <span class="lead">(${tokens})</span></p>`}`
}

const brief = (run: PlannedRun, task: Task): Html => {
  const facts: readonly (readonly [string, string | Html])[] = [
    ['Goal', task.goal],
    ['Context', task.context],
    ['Promised interface', task.interface],
    ['Steps', task.steps.map((step, index) => `${index + 1}. ${step}`).join('\n')],
    ['Expected outcome', task.expected_outcome],
    ['Out of scope', task.out_of_scope],
    ['Risk', task.risk],
    [
      'Needs',
      task.needs.length === 0
        ? ''
        : html`${task.needs.map((id) => html`<a href="${taskPath(run.run, id)}">${id}</a> `)}`,
    ],
    ['Writes', commaList(task.writes)],
    ['Command', task.run.length === 0 ? '' : html`<code>${commandText(task.run)}</code>`],
    [
      'Acceptance',
      task.acceptance.argv.length === 0
        ? ''
        : html`<code>${commandText(task.acceptance.argv)}</code> ${task.acceptance.expect}`,
    ],
  ]
  const shown = facts.filter(([, value]) => typeof value !== 'string' || value.trim() !== '')
  return html`<h2>Brief</h2><dl class="facts">${shown.map(([name, value]) => html`<dt>${name}</dt><dd>${typeof value === 'string' ? coded(value) : value}</dd>`)}</dl>`
}

function attempts({ world }: PageContext, run: PlannedRun, task: Task, record: TaskRecord): Html {
  if (record.attempts.length === 0) return html`<h2>Attempts</h2><p class="lead">None yet.</p>`
  return html`<h2>Attempts</h2><div class="scroll" tabindex="0" role="region" aria-label="Attempts"><table class="attempts"><thead><tr>${['Attempt', 'Slot', 'Started', 'Work', 'Result'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${record.attempts.map(
    (attempt) => {
      const { status, startedAt, endedAt } = attemptDisplay(run, task.id, attempt)
      return html`<tr><td>${record.attempts.length === 1 ? attempt.attempt : html`<a href="?attempt=${attempt.attempt}">${attempt.attempt}</a>`}</td><td>${slotLink(world, run, attempt.slot)}</td><td>${startedAt === null ? '' : clockTime(startedAt)}</td><td>${startedAt === null ? '' : startedAt === endedAt ? `${lasted(startedAt, world.now())} so far` : lasted(startedAt, endedAt)}</td><td>${status}${attempt.failure !== null && html`: ${plain(failureLine(attempt.failure))}`}</td></tr>
`
    },
  )}</tbody></table></div>
${record.steers.length > 0 && html`<h3>What people told it</h3><ul>${record.steers.map(({ words, by }) => html`<li><strong>${by}</strong>: ${words}</li>`)}</ul>`}`
}

const lasted = (from: string, to: string): string => duration(Math.max(0, secondsBetween(from, to)))

/** The end of the log is what happens now. */
const LATEST = 12_000

const FROM: Readonly<Record<AttemptTranscript['from'], string>> = {
  slot: ', as it grows',
  result: '',
  checkpoint: ', as far as its last checkpoint has it',
}

/** What the agent did; of a program, the log of the slot while it works on the task. */
async function transcript(
  { world, readTranscript }: PageContext,
  run: PlannedRun,
  task: TaskId,
  { state, attempts }: TaskRecord,
  chosen: string | undefined,
): Promise<Html> {
  const attempt = attempts.find((one) => `${one.attempt}` === chosen) ?? attempts.at(-1)
  const read = attempt === undefined ? null : await readTranscript(run, task, attempt)
  if (attempt !== undefined && read !== null)
    return html`<h2>Transcript of attempt ${attempt.attempt}${FROM[read.from]}</h2><div class="newest" tabindex="0" role="region" aria-label="Transcript"><div>${transcriptHtml(read.lines)}${read.unread > 0 && html`<p class="lead">${count(read.unread, 'line')} of it cannot be read.</p>`}</div></div>`
  const job = state.status === 'in_progress' ? jobOfSlot(world, run, state.slot) : undefined
  const log = job === undefined ? '' : (jobLogEnd(world.dataDir, job.id, LATEST)?.text ?? '')
  return log === '' ? html`` : html`<h2>At work</h2>${block('transcript-text', 'What its slot says', readableLog(log))}`
}

function slotLink(world: World, run: PlannedRun, slot: string | null): Html {
  if (slot === null) return html``
  const job = jobOfSlot(world, run, slot)
  return job === undefined
    ? html`${slot}`
    : html`<a href="${repoPath(world)}/actions/runs/${job.run_id}/job/${job.id}">${slot}, log</a>`
}

function output(record: TaskRecord): Html {
  const report = newestReport(record)
  const failure = record.attempts.findLast((attempt) => attempt.failure !== null)?.failure ?? null
  const log = failure === null ? '' : failureLog(failure)
  return html`${
    report !== null &&
    html`<h2>Result</h2>${report.handOff === undefined && html`<p>${report.summary}</p>`}${handOff(report.handOff)}
${block('accepted', `Acceptance output, ${duration(report.acceptanceSeconds)}`, report.acceptanceLog)}`
  }${log !== '' && block('failed', 'Output of the last failure', log)}`
}

function handOff(summary: NonNullable<ReturnType<typeof newestReport>>['handOff']): Html | false {
  if (summary === undefined) return false
  const lists = [
    ['Interfaces', summary.interfaces],
    ['Decisions', summary.decisions],
    ['Caveats', summary.caveats],
    ['Follow-ups', summary.follow_ups],
  ] as const
  return html`<p>${summary.did}</p>${lists.map(([name, lines]) => lines.length > 0 && html`<h3>${name}</h3><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`)}`
}

/** A job's log with the time of day alone, and words in the place of the runner's marks. */
export const readableLog = (log: string): string =>
  log
    .replaceAll(/^\d{4}-\d\d-\d\dT([\d:]{8})\.\d+Z /gm, '$1 ')
    .replaceAll(/^([\d:]{8} )##\[endgroup\]\n?/gm, '')
    .replaceAll(/^([\d:]{8} )##\[(group|error|warning)\]/gm, (_mark, time: string, name: string) => time + MARKS[name])

const MARKS: Readonly<Record<string, string>> = { group: '▸ ', error: 'Error: ', warning: 'Warning: ' }

export const block = (id: string, name: string, text: string): Html =>
  html`<details id="${id}" open><summary>${name}</summary><pre tabindex="0">${text.trim() === '' ? '(nothing)' : withoutColours(text)}</pre></details>`

/** Of the newest attempt: what it handed over, or what its branch has by now. */
async function diff({ world }: PageContext, { state, attempts }: TaskRecord): Promise<Html> {
  const base = ('base' in state ? state.base : null) ?? attempts.at(-1)?.base ?? null
  const head = ('head' in state ? state.head : null) ?? attempts.at(-1)?.head ?? null
  if (base === null || head === null) return html`<p class="lead">There is no change yet.</p>`
  return diffHtml(world, base, head)
}
