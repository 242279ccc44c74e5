import { issueOf, type RunId } from '../../../core/ids.ts'
import { spendingOfTask } from '../../../core/money/ledger.ts'
import { usdOf } from '../../../core/money/usage.ts'
import { locatedPull } from '../../../core/run/projection-name.ts'
import { type LiveRun, workOf } from '../../../core/run/state.ts'
import { usd } from '../../../render/markdown/format.ts'
import { SIGNS } from '../../../render/page/graph-svg.ts'
import { type Html, html, piece } from '../../../render/page/html.ts'
import { eventList, graphSection, headingSection, lanesSection } from '../../../render/page/run-sections.ts'
import { type Changes, NEW_MARK, sinceSection } from '../../../render/page/since.ts'
import { isPlanned, type PlannedRun } from '../../../render/plan/planned-run.ts'
import { displayStatuses, nodeStyles } from '../../../render/status/display-status.ts'
import { headline } from '../../../render/status/headline.ts'
import { commentForm, type FormPlace } from '../actions/forms.ts'
import { type PageContext, runPath, taskPath, threadPath } from '../context.ts'
import type { RunView } from '../journals.ts'
import type { View } from '../layout.ts'
import { needsHtml, otherHtml } from './needs.ts'
import { threadHtml } from './thread.ts'

/** A run as it stands, what it needs from a person, and what was said. */
export async function runView(context: PageContext, view: RunView, seen: number | null): Promise<View> {
  const { run, events, state } = view
  const changes = context.changesSince(view, seen)
  const { title, counts } = headline(state)
  const threads = threadsOf(state)
  const place = formPlaceOf(context, state)
  const href = (id: string) => taskPath(run, id)
  return {
    title: `Run ${run}: ${workOf(state)?.plan.title ?? state.issue.title}`,
    trail: [[`Run ${run}`, runPath(run)]],
    now: `${title}${counts === '' ? '' : `: ${counts}`}`,
    parts: [
      { id: 'head', html: headingSection(events, state, links(context, state)) },
      {
        id: 'since',
        html: html`<div data-events="${events.length}">${sinceSection(changes, events[(seen ?? 0) - 1]?.at ?? '')}</div>`,
      },
      { id: 'needs', html: await needsHtml(context, place, state) },
      ...(isPlanned(state)
        ? [
            { id: 'plan', html: html`<h2>Graph</h2>${slider(run)}${graphSection(events, state, href, changes)}` },
            { id: 'time', html: html`${lanesSection(events, state)}` },
            { id: 'tasks', html: html`<h2>Tasks</h2>${taskTable(state, href, changes)}` },
          ]
        : [
            { id: 'plan', html: html`` },
            { id: 'time', html: html`` },
            { id: 'tasks', html: html`` },
          ]),
      { id: 'thread', html: html`<h2>Thread</h2>${threadHtml(context.world, threads)}` },
      { id: 'say', html: commentForm(place, `Comment on #${place.thread}`) },
      { id: 'other', html: await otherHtml(context, place, state) },
    ],
  }
}

/** What happened in a run, event by event. */
export const eventsView = ({ run, events }: RunView): View => ({
  title: `Events of run ${run}`,
  trail: [
    [`Run ${run}`, runPath(run)],
    ['Events', `${runPath(run)}/events`],
  ],
  now: '',
  parts: [{ id: 'events', html: html`<h1>Events of run ${run}</h1>${eventList(events)}` }],
})

/** The final pull request, where there is one, else the issue: where people talk to the run. */
export const formPlaceOf = ({ csrf }: PageContext, state: LiveRun, back = runPath(state.run)): FormPlace => ({
  csrf,
  thread: locatedPull(state, 'trunk')?.number ?? issueOf(state.run),
  back,
})

function threadsOf(state: LiveRun): number[] {
  const final = locatedPull(state, 'trunk')
  return [issueOf(state.run), ...(final === undefined ? [] : [final.number])]
}

function links({ world }: PageContext, state: LiveRun): Html {
  const pull = locatedPull(state, 'trunk')?.number
  return html`<p class="lead"><a href="${threadPath(world, issueOf(state.run))}">Issue #${issueOf(state.run)}</a>${pull !== undefined && html` · <a href="${threadPath(world, pull)}">Pull request #${pull}</a>`} · <a href="${runPath(state.run)}/events">Events</a></p>`
}

/** Hidden until the script can move it. */
const slider = (run: RunId): Html =>
  html`<div class="time" id="times" data-keep data-frames="${runPath(run)}/frames" hidden><label for="moments">Time</label><input type="range" id="moments" min="0" max="1000" value="1000"><output id="moment" for="moments">now</output></div>`

function taskTable(run: PlannedRun, href: (id: string) => string, changes: Changes): Html {
  const { work, ledger } = run
  const statuses = displayStatuses(work)
  const styleOf = nodeStyles(statuses)
  return html`<table class="tasks"><thead><tr><th scope="col">Task</th><th scope="col">State</th><th scope="col">Attempts</th><th scope="col">Cost</th></tr></thead><tbody>${work.plan.tasks.map(
    (task) => {
      const style = styleOf(task.id)
      const spending = spendingOfTask(ledger, task.id)
      const change = changes.get(task.id)?.words
      const row = `row-${task.id}`
      return piece(
        row,
        html`<tr id="${row}" data-state="${style}"><td><a href="${href(task.id)}"><code>${task.id}</code> ${task.title}</a></td><td class="sign-${style}"><span aria-hidden="true">${SIGNS[style].sign}</span> ${statuses.get(task.id) ?? ''}${change !== undefined && html` ${NEW_MARK} <span class="lead">${change}</span>`}</td><td>${work.tasks[task.id]?.attempts.length ?? 0}</td><td>${spending.length > 0 && usd(usdOf(spending))}</td></tr>`,
      )
    },
  )}</tbody></table>`
}
