import type { Task } from '../../../core/plan/plan.ts'
import { shortPlanId } from '../../../core/plan/plan-id.ts'
import type { LiveRun } from '../../../core/run/state.ts'
import { commaList } from '../../../render/markdown/format.ts'
import { type Html, html } from '../../../render/page/html.ts'
import { warnings } from '../../../render/plan/approval.ts'
import { baselineLine, baselineSection } from '../../../render/plan/baseline.ts'
import { versionDifference } from '../../../render/plan/difference.ts'
import type { PlannedRun } from '../../../render/plan/planned-run.ts'
import type { Need } from '../../../render/status/needs.ts'
import { actionsFor, otherActions } from '../actions/actions.ts'
import { actionForm, budgetForm, type FormPlace, formFields, questionForm } from '../actions/forms.ts'
import { linksIn, type PageContext } from '../context.ts'
import { commentHtml } from '../markdown/render.ts'
import { openNeeds } from '../open-needs.ts'
import { mergeResult, takeForms } from './result.ts'

/** What the run waits for, each with the form that answers it. */
export async function needsHtml(context: PageContext, place: FormPlace, state: LiveRun): Promise<Html> {
  const needs = await openNeeds(context, state)
  const forms = await Promise.all(needs.map((need) => formsFor(context, place, state, need)))
  return forms.length === 0 ? html`` : html`<div class="needs"><h2>Needs you</h2>${forms}</div>`
}

/** What a person may also do. */
export async function otherHtml(context: PageContext, place: FormPlace, state: LiveRun): Promise<Html> {
  const forms = [
    ...otherActions(state).map((action) => actionForm(place, action)),
    ...((await openNeeds(context, state)).some(({ kind }) => kind === 'result')
      ? []
      : [await takeForms(context, state)]),
  ]
  return html`<details id="other-actions"><summary>Other commands</summary>${forms}</details>`
}

async function formsFor(context: PageContext, place: FormPlace, state: LiveRun, need: Need): Promise<Html> {
  switch (need.kind) {
    case 'answers':
      return questionForm(place, need.planning)
    case 'money':
      return budgetForm(place, state)
    case 'approval':
      return approvalForm(context, place, need.run)
    case 'result':
      return context.takesResults ? takeForms(context, state) : mergeResult(context, state)
    case 'another-plan':
    case 'resume':
    case 'verification':
    case 'gate':
    case 'landing':
    case 'retry':
      return html`${actionsFor(need).map((action) => actionForm(place, action))}`
  }
}

const aboutTask = ({ needs, writes }: Task): string =>
  [
    ...(needs.length > 0 ? [`after ${commaList(needs)}`] : []),
    ...(writes.length > 0 ? [`writes ${commaList(writes)}`] : []),
  ].join(' · ')

/** The hash that is shown is the one that is posted: a plan that changed meanwhile is not approved. */
function approvalForm({ world }: PageContext, place: FormPlace, run: PlannedRun): Html {
  const { work } = run
  const id = shortPlanId(work.planId)
  // What changed is read first, then what must be read before an approval, then what the checks prove.
  const about = [versionDifference(work, 20_000), warnings(run), baselineLine(run), baselineSection(run)]
  return html`<form method="post" action="/comments" class="command approval" data-command="/approve ${id}">${formFields(place, `/approve ${id}`)}
<p>Version ${work.version} of the plan, <code>${id}</code>, for <code>${work.baseBranch}</code> at <code>${work.base.slice(0, 8)}</code>. Its plan comment in the thread says what it may do.</p>
${about.map((lines, index) => lines.length > 0 && html`<div class="markdown">${commentHtml(lines.join('\n'), `plan-${index}`, linksIn(world, place.thread))}</div>`)}
<fieldset><legend>Tasks</legend>${work.plan.tasks.map((task) => html`<input type="hidden" name="task" value="${task.id}"><label class="choice"><input type="checkbox" name="only" value="${task.id}" checked> <code>${task.id}</code> ${task.title}<span class="lead">${aboutTask(task)}</span></label>`)}</fieldset>
<div class="post"><button>Approve</button> <span class="lead">posts <code data-shown>/approve ${id}</code></span></div></form>`
}
