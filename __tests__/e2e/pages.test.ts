import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PACE } from '../support/pace.ts'
import { chromiumPath, needsChromium } from './support/chromium.ts'
import { issueWith } from './support/plan.ts'
import { eventsOf, startWorld, type World } from './support/world.ts'

/** Where to put pictures of the pages, for a person to look at. */
const PICTURES = process.env.TRIBUTARY_PICTURES

describe('the pages in a browser', needsChromium, () => {
  let world: World
  let browser: Browser
  const taken: string[] = []
  const takeResult = async (run: string) => {
    taken.push(run)
    return { branch: 'tributary-1', commit: world.git('rev-parse', `tributary/${run}/trunk`) }
  }
  beforeAll(async () => {
    world = await startWorld({ hub: { takeResult } })
    // Our own pages, on loopback: the browser's sandbox, which containers forbid, guards nothing here.
    browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  it('takes a person from the link to the result, without a reload', async () => {
    const page = await newPage(browser, 1000)
    const errors = errorsOf(page)
    await page.goto(world.hub.link())
    await page.getByLabel('Title').fill('Two texts')
    await page.getByLabel(/What to do/).fill(issueWith('a > c, b > c', { a: { milliseconds: 'signal' } }))
    await page.getByRole('button', { name: 'Open it and plan' }).click()
    await page.getByRole('button', { name: 'Approve' }).waitFor()
    await check(page, 'plan')
    const hash = await page.locator('[data-shown]').textContent()
    expect(hash).toMatch(/^\/approve [0-9a-f]{12}$/)
    await page.evaluate('globalThis.sameDocument = true')
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByText(`${hash}`).first().waitFor()
    await page.evaluate('globalThis.sameDocument = true')
    await stateOf(page, 'a', 'atwork')
    await stateOf(page, 'b', 'landed')
    await check(page, 'running')
    await watchedBySecondBrowser(browser, world)
    const moved = await secondsUntilLanded(world, page, 'a')
    await stateOf(page, 'c', 'landed')
    await page.getByRole('button', { name: 'Fetch the branch' }).waitFor()
    expect(await page.evaluate('globalThis.sameDocument'), 'the page was not loaded again').toBe(true)
    await check(page, 'done')
    await page.getByRole('button', { name: 'Fetch the branch' }).click()
    await page.getByText('Your repository has the branch tributary-1 now').waitFor()
    expect(taken).toEqual(['1'])
    await page.locator('#tasks').getByRole('link', { name: 'c Task c' }).click()
    await page.locator('#diff').getByText('+done by c').waitFor()
    await check(page, 'task')
    expect(errors).toEqual([])
    console.log(`seconds from a task's landing to its colour: ${moved.toFixed(2)}`)
  })

  it('is whole on a phone, in the dark, and for those who do not see it', async () => {
    const page = await newPage(browser, 360, 'dark')
    const errors = errorsOf(page)
    await page.goto(world.hub.link())
    for (const [name, path] of [
      ['phone-runs', '/'],
      ['phone-run', '/runs/1'],
      ['phone-task', '/runs/1/tasks/c'],
      ['phone-pull', `/${world.at.owner}/${world.at.repo}/pull/2`],
      ['phone-actions', `/${world.at.owner}/${world.at.repo}/actions`],
    ] as const) {
      await page.goto(`${world.hub.url}${path}`)
      await check(page, name)
      expect(await page.evaluate('document.documentElement.scrollWidth'), `${name} fits`).toBeLessThanOrEqual(360)
    }
    await page.goto(`${world.hub.url}/runs/1`)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('content')
    expect(errors).toEqual([])
  })
})

async function newPage(browser: Browser, width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
  // For one thing to happen; what takes longer hangs.
  page.setDefaultTimeout(120_000 * PACE)
  return page
}

/** Another browser follows the same task at the same time, with a session of its own and what the slot's log says. */
async function watchedBySecondBrowser(browser: Browser, world: World): Promise<void> {
  const page = await newPage(browser, 360)
  await page.goto(world.hub.link())
  await page.goto(`${world.hub.url}/runs/1/tasks/a`)
  await page.locator('#transcript pre').waitFor()
  await check(page, 'phone-at-work')
  await page.close()
}

/** What the page's script or its policy complains of. */
function errorsOf(page: Page): string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return errors
}

const node = (page: Page, task: string, state: string) =>
  page.locator(`#graph a[data-task="${task}"][data-state="${state}"]`)

const stateOf = (page: Page, task: string, state: string) => node(page, task, state).waitFor()

/** Between the moment at which the journal has it, and that at which it is seen. */
async function secondsUntilLanded(world: World, page: Page, task: string): Promise<number> {
  const seen = stateOf(page, task, 'landed').then(() => Date.now())
  await world.release('1', task)
  const [landed] = eventsOf(await world.events('1'), 'task_landed').filter((event) => event.task === task)
  return ((await seen) - Date.parse(landed?.at ?? '')) / 1000
}

/** No serious fault for people who use a screen reader or no mouse. */
async function check(page: Page, name: string): Promise<void> {
  if (PICTURES !== undefined) await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true })
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate('axe.run()')) as { violations: Violation[] }
  const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(
    grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`),
    name,
  ).toEqual([])
}

interface Violation {
  id: string
  impact: string | null
  nodes: { html: string }[]
}
