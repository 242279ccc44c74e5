import { createHash } from 'node:crypto'
import type { RunEvent } from '../../core/run/event.ts'
import { type RunState, workOf } from '../../core/run/state.ts'
import { count, duration } from '../markdown/format.ts'
import { isPlanned, type PlannedRun } from '../plan/planned-run.ts'
import { SCRIPT, STYLE } from './assets.ts'
import { type Frame, framesOf } from './frames.ts'
import { SIGNS } from './graph-svg.ts'
import { type Html, html, trusted } from './html.ts'
import { eventList, graphSection, headingSection, lanesSection, stepsSection } from './run-sections.ts'
import { longestFact, taskSection } from './task-section.ts'

/** Characters for the briefs of all tasks, so that the page stays under a megabyte. */
const ROOM = 300_000

/** The whole run as one HTML file that needs no network: graph, lanes, tasks, events, and a slider over its time. */
export function renderRunPage(events: readonly RunEvent[], state: RunState): string {
  if (events.length === 0 || state.phase === 'empty') return 'There is nothing in this journal.'
  const title = `Run ${state.run}: ${workOf(state)?.plan.title ?? state.issue.title}`
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'">
<title>${title}</title><style>${trusted(STYLE)}</style></head><body>
<main>${headingSection(events, state, stepsSection(state))}
${
  isPlanned(state) &&
  html`<h2>Plan</h2>
${timeControl(framesOf(events))}
${graphSection(events, state, (id) => `#task-${id}`)}${lanesSection(events, state)}`
}
${isPlanned(state) && tasks(state)}
<h2>Events</h2><details><summary>${count(events.length, 'event')}</summary>${eventList(events)}</details></main>
</body></html>
`.text
}

function tasks(run: PlannedRun): Html {
  const { tasks } = run.work.plan
  const most = longestFact(tasks, ROOM)
  return html`<h2>Tasks</h2>${tasks.map((task) => taskSection(run, task, most))}`
}

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

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
