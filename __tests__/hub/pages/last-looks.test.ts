import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, needsChromium } from '../../e2e/support/chromium.ts'
import {
  approved,
  done,
  history,
  proposed,
  queued,
  requested,
  started,
  type TimedEvent,
} from '../../render/support/runs.ts'
import { seriousFaults } from '../../support/axe.ts'
import { PACE } from '../../support/pace.ts'
import { planOf } from '../../support/plan.ts'
import { testHub, where } from '../support/hub.ts'
import { visit, writeJournal } from './browser.ts'

const begun: TimedEvent[] = [requested(1), proposed(planOf('a > c, b > c')), approved(), queued('a'), started('a')]
const landed = [...begun.slice(0, 3), ...done('a')]

/** A hub with a run, and what lets the run grow. */
async function hubWithRun() {
  const hub = await testHub()
  const writer = hub.as('writer')
  await writer.issues.create({ ...where, title: 'x' })
  writeJournal(hub, '1', history(...begun))
  const grow = async (...events: readonly TimedEvent[]) => {
    writeJournal(hub, '1', history(...events))
    // The hub learns of pushes, and this is none: a comment makes it look.
    await writer.issues.createComment({ ...where, issue_number: 1, body: 'Something new' })
  }
  return { hub, grow }
}

/** The marked tasks of the graph, and what the list says of each. */
async function marked(page: Page): Promise<{ graph: string[]; list: string[] }> {
  const graph = await page.locator('#graph a[data-task]:has(.mark) title').allTextContents()
  return { graph, list: await page.locator('#tasks td:has(.new) .lead').allTextContents() }
}

describe('the page of a run', () => {
  it('marks for each reader what is new since the events that they have seen', async () => {
    const { hub, grow } = await hubWithRun()
    await grow(...landed)
    const visitor = await visit(hub)
    const stream = async (seen: string) => {
      const { text } = await visitor.get(`/runs/1?seen=${seen}`)
      return [
        text.includes('<g class="mark">'),
        /\d+ tasks? changed since you last looked, at [-\d: ]+ UTC/.exec(text)?.[0],
      ]
    }
    expect(await stream(`${begun.length}`)).toEqual([
      true,
      '1 task changed since you last looked, at 2026-11-21 10:00:04 UTC',
    ])
    for (const seen of [`${landed.length}`, '0', '-1', 'x', '9'.repeat(30), `${landed.length + 5}`])
      expect(await stream(seen), seen).toEqual([false, undefined])
  })

  describe('in a browser', needsChromium, () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
    })
    afterAll(() => browser?.close())

    it('shows a person what changed since they left it, by a shape and in words, until they have seen it', async () => {
      const { hub, grow } = await hubWithRun()
      const page = await browser.newPage({ viewport: { width: 360, height: 800 } })
      page.setDefaultTimeout(60_000 * PACE)
      await page.goto(hub.link())
      await page.goto(`${hub.url}/runs/1`)
      await page.getByText('live', { exact: true }).waitFor()
      expect(await marked(page)).toEqual({ graph: [], list: [] })
      await page.goto(hub.url)
      await grow(...landed)
      await page.goto(`${hub.url}/runs/1`)
      await page.getByText('1 task changed since you last looked').waitFor()
      await page.locator('#tasks .new').waitFor()
      const was = 'a: Task a (landed; new since you last looked: was at work)'
      expect(await marked(page)).toEqual({ graph: [was], list: ['was at work'] })
      expect(await seriousFaults(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)

      await grow(...landed, ...done('b'))
      await page.getByText('2 tasks changed since you last looked').waitFor()
      await page.getByRole('button', { name: 'Mark as seen' }).click()
      await page.getByText('changed since you last looked').waitFor({ state: 'detached' })
      await page.locator('#graph .mark').first().waitFor({ state: 'detached' })
      await page.reload()
      await page.getByText('live', { exact: true }).waitFor()
      expect(await marked(page)).toEqual({ graph: [], list: [] })
      await page.close()
    })
  })
})
