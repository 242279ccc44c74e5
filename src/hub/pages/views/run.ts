import { issueOf, type RunId, trunkBranch } from '../../../core/ids.ts'
import { spendingOfTask } from '../../../core/money/ledger.ts'
import { usdOf } from '../../../core/money/usage.ts'
import { unanswered } from '../../../core/plan/planning.ts'
import { type LiveRun, workOf } from '../../../core/run/state.ts'
import { commaList, usd } from '../../../render/markdown/format.ts'
import { SIGNS } from '../../../render/page/graph-svg.ts'
import { type Html, html, piece } from '../../../render/page/html.ts'
import { eventList, graphSection, headingSection, lanesSection } from '../../../render/page/run-sections.ts'
import { versionDifference } from '../../../render/plan/difference.ts'
import { isPlanned, type PlannedRun } from '../../../render/plan/planned-run.ts'
import { displayStatuses, nodeStyles } from '../../../render/status/display-status.ts'
import { headline } from '../../../render/status/headline.ts'
import { needsMoney, planToApprove, runActions } from '../actions/actions.ts'
import {
  actionForm,
  budgetForm,
  commentForm,
  type FormPlace,
  formFields,
  plainForm,
  questionForm,
} from '../actions/forms.ts'
import { linksIn, type PageContext, runPath, taskPath, threadPath } from '../context.ts'
import type { JournalView } from '../journals.ts'
import type { View } from '../layout.ts'
import { commentHtml } from '../markdown/render.ts'
import { threadHtml } from './thread.ts'

/** A run as it stands, what it needs from a person, and what was said. */
export function runView(context: PageContext, { run, events, state }: JournalView): View {
  const { title, counts } = headline(state)
  const threads = threadsOf(state)
  const place = placeOf(context, state)
  const href = (id: string) => taskPath(run, id)
  return {
    title: `Run ${run}: ${workOf(state)?.plan.title ?? state.issue.title}`,
    trail: [[`Run ${run}`, runPath(run)]],
    now: `${title}${counts === '' ? '' : `: ${counts}`}`,
    parts: [
      { id: 'head', html: headingSection(events, state, links(context, state)) },
      { id: 'needs', html: needs(context, place, state) },
      ...(isPlanned(state)
        ? [
            { id: 'plan', html: html`<h2>Graph</h2>${slider(run)}${graphSection(events, state, href)}` },
            { id: 'time', html: html`${lanesSection(events, state)}` },
            { id: 'tasks', html: html`<h2>Tasks</h2>${taskTable(state, href)}` },
          ]
        : [
            { id: 'plan', html: html`` },
            { id: 'time', html: html`` },
            { id: 'tasks', html: html`` },
          ]),
      { id: 'thread', html: html`<h2>Thread</h2>${threadHtml(context.world, threads)}` },
      { id: 'say', html: commentForm(place, `Comment on #${place.thread}`) },
      { id: 'other', html: other(place, state) },
    ],
  }
}

/** What happened in a run, event by event. */
export const eventsView = ({ run, events }: JournalView): View => ({
  title: `Events of run ${run}`,
  trail: [
    [`Run ${run}`, runPath(run)],
    ['Events', `${runPath(run)}/events`],
  ],
  now: '',
  parts: [{ id: 'events', html: html`<h1>Events of run ${run}</h1>${eventList(events)}` }],
})

/** The final pull request, where there is one, else the issue: where people talk to the run. */
export const placeOf = ({ csrf }: PageContext, state: LiveRun, back = runPath(state.run)): FormPlace => ({
  csrf,
  thread: state.projected['pull:trunk']?.number ?? issueOf(state.run),
  back,
})

const threadsOf = (state: LiveRun): number[] => [
  issueOf(state.run),
  ...(state.projected['pull:trunk'] === undefined ? [] : [state.projected['pull:trunk'].number]),
]

function links({ world }: PageContext, state: LiveRun): Html {
  const pull = state.projected['pull:trunk']?.number
  return html`<p class="lead"><a href="${threadPath(world, issueOf(state.run))}">Issue #${issueOf(state.run)}</a>${pull !== undefined && html` · <a href="${threadPath(world, pull)}">Pull request #${pull}</a>`} · <a href="${runPath(state.run)}/events">Events</a></p>`
}

/** Hidden until the script can move it. */
const slider = (run: RunId): Html =>
  html`<div class="time" id="times" data-keep data-frames="${runPath(run)}/frames" hidden><label for="moments">Time</label><input type="range" id="moments" min="0" max="1000" value="1000"><output id="moment" for="moments">now</output></div>`

function needs(context: PageContext, place: FormPlace, state: LiveRun): Html {
  const { urgent } = runActions(state)
  const approval = planToApprove(state)
  const questions = state.phase !== 'ended' && state.planning !== null && unanswered(state.planning).length > 0
  const forms = [
    ...(questions && state.planning !== null ? [questionForm(place, state.planning)] : []),
    ...(needsMoney(state) ? [budgetForm(place, state)] : []),
    ...(approval !== null && isPlanned(state) ? [approvalForm(context, place, state, approval)] : []),
    ...urgent.map((action) => actionForm(place, action)),
    ...take(context, state),
  ]
  return forms.length === 0 ? html`` : html`<div class="needs"><h2>Needs you</h2>${forms}</div>`
}

/** The hash that is shown is the one that is posted: a plan that changed meanwhile is not approved. */
function approvalForm({ world }: PageContext, place: FormPlace, run: PlannedRun, id: string): Html {
  const { work } = run
  const difference = versionDifference(work, 20_000).join('\n')
  return html`<form method="post" action="/comments" class="command approval" data-command="/approve ${id}">${formFields(place, `/approve ${id}`)}
<p>Version ${work.version} of the plan, <code>${id}</code>, for <code>${work.baseBranch}</code> at <code>${work.base.slice(0, 8)}</code>. Its plan comment in the thread says what it may do and what its checks do on the base.</p>
${difference !== '' && html`<div class="markdown">${commentHtml(difference, 'difference', linksIn(world, place.thread))}</div>`}
<fieldset><legend>Tasks</legend>${work.plan.tasks.map((task) => html`<input type="hidden" name="task" value="${task.id}"><label class="choice"><input type="checkbox" name="only" value="${task.id}" checked> <code>${task.id}</code> ${task.title}<span class="lead">${task.needs.length > 0 && ` after ${commaList(task.needs)}`}${task.writes.length > 0 && ` · writes ${commaList(task.writes)}`}</span></label>`)}</fieldset>
<div class="post"><button>Approve</button> <span class="lead">posts <code data-shown>/approve ${id}</code></span></div></form>`
}

function take({ csrf, takeResult }: PageContext, state: LiveRun): Html[] {
  if (takeResult === undefined || state.phase !== 'ended' || state.conclusion !== 'success') return []
  return [
    plainForm(
      csrf,
      `${runPath(state.run)}/take`,
      html`<div class="post"><button>Fetch the branch</button> <span class="lead">brings <code>${trunkBranch(state.run)}</code> into your repository as a new branch; your checkout stays as it is</span></div>`,
    ),
  ]
}

function taskTable(run: PlannedRun, href: (id: string) => string): Html {
  const { work, ledger } = run
  const statuses = displayStatuses(work)
  const styleOf = nodeStyles(statuses)
  return html`<table class="tasks"><thead><tr><th scope="col">Task</th><th scope="col">State</th><th scope="col">Attempts</th><th scope="col">Cost</th></tr></thead><tbody>${work.plan.tasks.map(
    (task) => {
      const style = styleOf(task.id)
      const spending = spendingOfTask(ledger, task.id)
      const row = `row-${task.id}`
      return piece(
        row,
        html`<tr id="${row}" data-state="${style}"><td><a href="${href(task.id)}"><code>${task.id}</code> ${task.title}</a></td><td class="sign-${style}"><span aria-hidden="true">${SIGNS[style].sign}</span> ${statuses.get(task.id) ?? ''}</td><td>${work.tasks[task.id]?.attempts.length ?? 0}</td><td>${spending.length > 0 && usd(usdOf(spending))}</td></tr>`,
      )
    },
  )}</tbody></table>`
}

function other(place: FormPlace, state: LiveRun): Html {
  const { other: actions } = runActions(state)
  return actions.length === 0
    ? html``
    : html`<details id="other-actions"><summary>Other commands</summary>${actions.map((action) => actionForm(place, action))}</details>`
}
