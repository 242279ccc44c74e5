import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { type RunEvent, runEventSchema } from '../src/core/run/event.ts'
import { replay } from '../src/core/run/evolve.ts'
import { renderPlanComment } from '../src/render/plan/plan-comment.ts'
import { isPlanned, type PlannedRun } from '../src/render/plan/planned-run.ts'
import { renderStatus } from '../src/render/status/status-comment.ts'
import { gantt } from '../src/render/timeline/gantt.ts'
import { slotSpans } from '../src/render/timeline/spans.ts'
import { openBrowser } from './screens/browser.ts'
import { pictureEveryPage } from './screens/every-page.ts'
import { htmlOf, pageWith, type Theme } from './screens/page.ts'
import { pageFigures } from './screens/page-figures.ts'
import { picturePages } from './screens/pages.ts'

/**
 * `node dist/cli.js log 1 --repo DIR --json | npm run picture`: docs/run-light.png and docs/run-dark.png, the picture of a
 * real run in the README: the plan as it waits for its approval, the time of the slots, and the status at the end.
 * `npm run picture -- pages`, after `npm run bundle`: docs/pictures, the pages of the hub in a run of the demo.
 * `npm run picture -- look DIR`, after `npm run bundle`: every page at each width, light and dark, for a person to look at.
 * `npm run picture -- figures`, after `npm run bundle`: prints what docs/hub.md says of time and memory of the pages.
 */
const WIDTH = 1100

const readEvents = (): RunEvent[] =>
  z.array(runEventSchema).parse(
    readFileSync(0, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line)),
  )

function at(events: readonly RunEvent[], type: RunEvent['type']): PlannedRun {
  const state = replay(events.slice(0, events.findLastIndex((event) => event.type === type) + 1))
  if (state.phase === 'empty' || !isPlanned(state)) throw new Error(`the run has no ${type}`)
  return state
}

const text = (markdown: string): string => htmlOf(markdown.split('\n').slice(1).join('\n'))

/** The part that is seen first: what follows is folded, and only its titles are shown. */
const box = (title: string, html: string): string =>
  `<section><header>${title}</header><article class="markdown-body">${html}</article></section>`

const CSS = (theme: Theme): string => {
  const line = theme === 'dark' ? '#30363d' : '#d0d7de'
  return `body{width:${WIDTH}px;overflow:hidden;font:600 13px sans-serif;color:${theme === 'dark' ? '#e6edf3' : '#1f2328'}}
main{display:grid;grid-template-columns:1fr 1fr;gap:16px;padding:12px}
section{border:1px solid ${line};border-radius:6px;overflow:hidden}
header{padding:8px 16px;border-bottom:1px solid ${line}}
.column{display:flex;flex-direction:column;gap:16px}.column section:last-child{max-height:560px}.column section:last-child article{mask-image:linear-gradient(#000 450px,transparent 520px)}
.markdown-body{font-size:12px}.markdown-body h2{font-size:17px}pre code{font-size:10.5px}`
}

const page = (events: readonly RunEvent[], theme: Theme): string =>
  pageWith(
    `<main>${box('1. The plan, which waits for you', text(renderPlanComment(at(events, 'plan_proposed'))))}<div class="column">${box(
      '2. Tasks on four slots',
      htmlOf(
        ['```text', ...gantt(slotSpans(events, at(events, 'run_finished').work), undefined, 74), '```'].join('\n'),
      ),
    )}${box('3. The status at the end', text(renderStatus(at(events, 'run_finished'))))}</div></main>`,
    theme,
    CSS(theme),
    "await mermaid.run(); document.title = String(document.querySelector('main').offsetHeight)",
  )

function pictureRun(): void {
  const [events, browser] = [readEvents(), openBrowser()]
  for (const theme of ['light', 'dark'] as const) {
    const html = page(events, theme)
    browser.picture(html, WIDTH, Number(browser.titleOf(html)), `docs/run-${theme}.png`)
  }
}

if (process.argv[2] === 'pages') await picturePages()
else if (process.argv[2] === 'look') await pictureEveryPage(process.argv[3] ?? 'node_modules/.cache/look')
else if (process.argv[2] === 'figures') await pageFigures()
else pictureRun()
