import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replay } from '../../../src/core/run/evolve.ts'
import { isPlanned } from '../../../src/render/plan/planned-run.ts'
import { renderStatus } from '../../../src/render/status/status-comment.ts'
import { chromiumPath, needsChromium } from '../../e2e/support/chromium.ts'
import { PACE } from '../../support/pace.ts'
import { testHub, where } from '../support/hub.ts'
import { growJournal } from './browser.ts'
import { steadyRun } from './steady-run.ts'

/** Where to put pictures of the pages, for a person to look at. */
const PICTURES = process.env.TRIBUTARY_PICTURES
const MOST_MS = 100

const statusOf = (events: readonly RunEvent[]): string => {
  const run = replay(events)
  return run.phase !== 'empty' && isPlanned(run) ? renderStatus(run) : ''
}

describe('the page of a run at work', needsChromium, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
  })
  afterAll(() => browser?.close())

  it.each([60, 300])('stays readable with %i tasks, and works less than 100 ms for a frame', async (tasks) => {
    const hub = await testHub()
    const writer = hub.as('writer')
    const run = steadyRun(tasks)
    const half = tasks / 2
    await writer.issues.create({ ...where, title: 'x' })
    growJournal(hub, '1', run.upTo(half))
    const body = (landed: number) => statusOf(run.upTo(landed))
    const { data } = await writer.issues.createComment({ ...where, issue_number: 1, body: body(half) })
    const page = await browser.newPage({ viewport: { width: 1000, height: 800 } })
    page.setDefaultTimeout(60_000 * PACE)
    await page.goto(hub.link())
    await page.goto(`${hub.url}/runs/1`)
    await page.getByText('live', { exact: true }).waitFor()
    if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/tasks-${tasks}.png` })
    for (const width of [2000, 360, 1000]) {
      await page.setViewportSize({ width, height: 800 })
      expect(await page.evaluate(SEEN), `${width} px`).toEqual({ nodes: tasks, high: true, wide: false })
    }

    const changes = await traced(browser, page, async () => {
      for (const index of [half, half + 1, half + 2]) {
        growJournal(hub, '1', run.of(index))
        await writer.issues.updateComment({ ...where, comment_id: data.id, body: body(index + 1) })
        await page.locator(`#graph a[data-task="${run.name(index)}"][data-state="landed"]`).waitFor()
      }
    })
    const scrolled = await traced(browser, page, async () => {
      for (let times = 0; times < 5; times += 1) await page.mouse.wheel(0, 700)
    })
    const moments = await traced(browser, page, async () => {
      await page.locator('#moments').focus()
      for (const key of ['Home', 'ArrowRight', 'End', 'ArrowLeft']) await page.keyboard.press(key)
      await page.locator('#moment').getByText(/: /).waitFor()
    })
    await page.close()
    const all = { changes, scrolled, moments }
    console.log(`${tasks} tasks, the longest frame in ms: ${JSON.stringify(all)}`)
    expect(Object.entries(all).filter(([, { cpu }]) => !(cpu < MOST_MS))).toEqual([])
  })
})

/** As many nodes as tasks, none of them smaller than it is drawn, and nothing to scroll sideways but the graph. */
const SEEN = `(() => {
  const nodes = [...document.querySelectorAll('#graph a[data-task] rect')]
  return {
    nodes: nodes.length,
    high: nodes.every((node) => node.getBoundingClientRect().height >= 30),
    wide: document.documentElement.scrollWidth > innerWidth,
  }
})()`

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  dur?: number
  tdur?: number
  args: { name?: string }
}

/** The longest task of the page's main thread meanwhile: its work, which others on the machine do not change, and its time. */
async function traced(browser: Browser, page: Page, act: () => Promise<void>): Promise<{ cpu: number; wall: number }> {
  await browser.startTracing(page, { categories: ['toplevel'] })
  await act()
  await page.evaluate('new Promise((seen) => requestAnimationFrame(() => setTimeout(seen, 100)))')
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString('utf8')) as { traceEvents: TraceEvent[] }
  const main = new Set(
    traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(keyOf),
  )
  const ran = traceEvents.filter((event) => event.ph === 'X' && main.has(keyOf(event)))
  const longest = (times: (number | undefined)[]) => Math.round(Math.max(...times.map((time) => time ?? 0))) / 1000
  return { cpu: longest(ran.map(({ tdur }) => tdur)), wall: longest(ran.map(({ dur }) => dur)) }
}

const keyOf = ({ pid, tid }: TraceEvent): string => `${pid}/${tid}`
