import type { TaskId } from '../../core/ids.ts'
import { spendingOfTask, spentUsd } from '../../core/money/ledger.ts'
import { usdOf } from '../../core/money/usage.ts'
import { criticalPath } from '../../core/plan/graph.ts'
import { estimate } from '../../core/prediction/prediction.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { type LiveRun, workOf } from '../../core/run/state.ts'
import { commaList, duration, moment, secondsBetween, usd } from '../markdown/format.ts'
import type { PlannedRun } from '../plan/planned-run.ts'
import { displayStatuses, nodeStyles } from '../status/display-status.ts'
import { headline } from '../status/headline.ts'
import { nextSteps } from '../status/next-steps.ts'
import { eventLine } from '../timeline/event-line.ts'
import { idleSeconds, planningSpans, type Span, slotSpans, startSpans, waitSpans } from '../timeline/spans.ts'
import { actualCriticalPath } from '../timeline/timeline.ts'
import { graphSvg, SIGNS } from './graph-svg.ts'
import { type Html, html, piece } from './html.ts'
import { lanesSvg } from './lanes-svg.ts'
import { plain } from './plain.ts'
import { type Changes, NEW_MARK } from './since.ts'

/** How the run stands, with `steps` below it, and its numbers. */
export function headingSection(events: readonly RunEvent[], run: LiveRun, steps: Html | false): Html {
  const { title: now, detail, counts } = headline(run)
  return html`<h1>Run ${run.run}: ${workOf(run)?.plan.title ?? run.issue.title}</h1>
<p><span class="now-title">${now}</span>${counts !== '' && `: ${counts}`}</p>
<p class="lead">${plain(detail)} As of ${moment(events.at(-1)?.at ?? '')}.</p>
${steps}
${numbers(events, run)}`
}

/** What a person can type. */
export function stepsSection(run: LiveRun): Html | false {
  const steps = run.phase === 'ended' ? [] : nextSteps(run)
  return (
    steps.length > 0 &&
    html`<div class="steps"><strong>What you can type</strong><ul>${steps.map((step) => html`<li>${plain(step)}</li>`)}</ul></div>`
  )
}

function numbers(events: readonly RunEvent[], run: LiveRun): Html {
  const work = workOf(run)
  const slots = work === null ? [] : slotSpans(events, work)
  const wall =
    slots.length === 0 ? null : Math.max(...slots.map(({ to }) => to)) - Math.min(...slots.map(({ from }) => from))
  const predicted = work?.forecast === undefined ? '' : ` of ${duration(work.forecast.minutes.likely * 60)} predicted`
  const limit = run.ledger.limit === null ? '' : ` of ${usd(run.ledger.limit)}`
  const facts: [string, string][] = [
    ...(work === null ? [] : [['Tasks', `${work.plan.tasks.length}`] as [string, string]]),
    ...(wall === null ? [] : [['Time in slots', `${duration(wall)}${predicted}`] as [string, string]]),
    ...(wall === null ? [] : [['Idle between tasks', duration(idleSeconds(slots))] as [string, string]]),
    ['Money', `${usd(spentUsd(run.ledger))}${limit}`],
  ]
  return html`<dl class="numbers">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

/** The plan as a graph, with its legend and its critical path: as expected or, in the end, as it was. `hrefOf`: where a task's node leads. */
export function graphSection(
  events: readonly RunEvent[],
  run: PlannedRun,
  hrefOf: (id: TaskId) => string,
  changes?: Changes,
): Html {
  const { work } = run
  const isOver = run.phase === 'ended'
  const path = pathOf(events, run)
  const styleOf = nodeStyles(displayStatuses(work))
  return html`${work.plan.tasks.length > 0 && html`<div class="scroll" id="graph" tabindex="0" role="region" aria-label="Graph">${graphSvg(work.plan, styleOf, new Set(path), hrefOf, (id) => changes?.get(id)?.words)}</div>`}
<p class="lead legend">${Object.values(SIGNS).map(({ sign, words }) => html`<span>${sign} ${words}</span> `)}${changes !== undefined && html`<span>${NEW_MARK} since you last looked</span>`}</p>
${path.length > 1 && piece('path', html`<p id="path">${isOver ? 'Critical path as it was' : 'Critical path, by the sizes of the tasks'}: ${commaList(path)}.</p>`)}
`
}

/** The critical path: as expected or, in the end, as it was. */
const pathOf = (events: readonly RunEvent[], { work, phase }: PlannedRun): readonly TaskId[] =>
  phase === 'ended' ? actualCriticalPath(events, work).map(({ task }) => task) : criticalPath(work.plan.tasks, estimate)

/** Who worked when: people, the planner and the slots. */
export function lanesSection(events: readonly RunEvent[], run: PlannedRun): Html | false {
  const path = pathOf(events, run)
  const slots = slotSpans(events, run.work).map((span): Span => {
    const spent = usdOf(spendingOfTask(run.ledger, span.label))
    return { ...span, isCritical: path.length > 1 && path.includes(span.label), ...(spent > 0 && { cost: usd(spent) }) }
  })
  const lanesOfSlots = [...startSpans(events, slots), ...slots]
  const lanes = lanesSvg([waitSpans(events), planningSpans(events), lanesOfSlots])
  return (
    lanes !== null &&
    html`<h2>Time</h2><div class="scroll" id="lanes" tabindex="0" role="region" aria-label="Lanes">${lanes}</div>
<p class="lead legend">${lanesOfSlots.length > 0 && html`A lane for each slot: <span class="swatch queue">queue</span> <span class="swatch set-up">set-up</span> <span class="swatch">work on a task</span> <span class="swatch acceptance">acceptance</span> <span class="swatch critical">critical path</span> `}<span class="swatch now">now</span></p>
`
  )
}

/** What happened, event by event. */
export function eventList(events: readonly RunEvent[]): Html {
  const begin = events[0]?.at ?? ''
  return html`<ol class="events">${events.map(
    (event) => html`<li><span>${duration(secondsBetween(begin, event.at))}</span> ${eventLine(event)}</li>
`,
  )}</ol>`
}
