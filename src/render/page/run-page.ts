import { createHash } from 'node:crypto'
import { spentUsd } from '../../core/money/ledger.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { type LiveRun, type RunState, workOf } from '../../core/run/state.ts'
import { commaList, count, duration, moment, secondsBetween, usd } from '../markdown/format.ts'
import { isPlanned, type PlannedRun } from '../plan/planned-run.ts'
import { displayStatuses, nodeStyles } from '../status/display-status.ts'
import { headline } from '../status/headline.ts'
import { nextSteps } from '../status/next-steps.ts'
import { eventLine } from '../timeline/event-line.ts'
import { planningSpans, slotSpans, waitSpans } from '../timeline/spans.ts'
import { actualCriticalPath } from '../timeline/timeline.ts'
import { SCRIPT, STYLE } from './assets.ts'
import { type Frame, framesOf } from './frames.ts'
import { graphSvg, SIGNS } from './graph-svg.ts'
import { type Html, html, trusted } from './html.ts'
import { lanesSvg } from './lanes-svg.ts'
import { plain } from './plain.ts'
import { longestFact, taskSection } from './task-section.ts'

/** Characters for the briefs of all tasks, so that the page stays under a megabyte. */
const ROOM = 300_000

/** The whole run as one HTML file that needs no network: graph, lanes, tasks, events, and a slider over its time. */
export function renderRunPage(events: readonly RunEvent[], state: RunState): string {
  const [first] = events
  if (first === undefined || state.phase === 'empty') return 'There is nothing in this journal.'
  const title = `Run ${state.run}: ${workOf(state)?.plan.title ?? state.issue.title}`
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'">
<title>${title}</title><style>${trusted(STYLE)}</style></head><body>
<main>${heading(events, state, title)}
${isPlanned(state) && pictures(events, state)}
${isPlanned(state) && tasks(state)}
<h2>Events</h2><details><summary>${count(events.length, 'event')}</summary><ol class="events">${events.map(
    (event) => html`<li><span>${duration(secondsBetween(first.at, event.at))}</span> ${eventLine(event)}</li>
`,
  )}</ol></details></main>
</body></html>
`.text
}

function tasks(run: PlannedRun): Html {
  const { tasks } = run.work.plan
  const most = longestFact(tasks, ROOM)
  return html`<h2>Tasks</h2>${tasks.map((task) => taskSection(run, task, most))}`
}

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

function heading(events: readonly RunEvent[], run: LiveRun, title: string): Html {
  const { title: now, detail, counts } = headline(run)
  const steps = run.phase === 'ended' ? [] : nextSteps(run)
  return html`<h1>${title}</h1>
<p><span class="now-title">${now}</span>${counts !== '' && `: ${counts}`}</p>
<p class="lead">${plain(detail)} As of ${moment(events.at(-1)?.at ?? '')}.</p>
${steps.length > 0 && html`<div class="steps"><strong>What you can type</strong><ul>${steps.map((step) => html`<li>${plain(step)}</li>`)}</ul></div>`}
${numbers(events, run)}`
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
    ['Money', `${usd(spentUsd(run.ledger))}${limit}`],
  ]
  return html`<dl class="numbers">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

function pictures(events: readonly RunEvent[], run: PlannedRun): Html {
  const { work } = run
  const path = actualCriticalPath(events, work).map(({ task }) => task)
  const lanes = lanesSvg([waitSpans(events), planningSpans(events), slotSpans(events, work)])
  return html`<h2>Plan</h2>
${timeControl(framesOf(events))}
${work.plan.tasks.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label="Graph">${graphSvg(work.plan, nodeStyles(displayStatuses(work)), new Set(path))}</div>`}
<p class="lead legend">${Object.values(SIGNS).map(({ sign, words }) => html`<span>${sign} ${words}</span>`)}</p>
${path.length > 1 && html`<p>Critical path as it was: ${commaList(path)}.</p>`}
${lanes !== null && html`<h2>Time</h2><div class="scroll" tabindex="0" role="region" aria-label="Lanes">${lanes}</div>`}
`
}

/** Hidden until the script runs, since nothing else can move it. */
function timeControl(frames: readonly Frame[]): Html | false {
  if (frames.length < 2) return false
  const signs = Object.fromEntries(Object.entries(SIGNS).map(([style, { sign }]) => [style, sign]))
  const shown = { signs, frames: frames.map((frame) => ({ ...frame, words: duration(frame.at) })) }
  // A data block ends at its first `</script`, so no `<` may stand in it.
  const data = trusted(JSON.stringify(shown).replaceAll('<', '\\u003c'))
  return html`<div class="time" id="times" hidden><label for="time">Time</label><input type="range" id="time" min="0" max="${frames.length - 1}" value="${frames.length - 1}"><output id="moment" for="time"></output></div>
<script type="application/json" id="frames">${data}</script><script type="module">${trusted(SCRIPT)}</script>`
}
