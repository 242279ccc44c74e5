import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pushOf } from '../../src/cli/up/push-result.ts'
import { git } from '../hub/support/repository.ts'
import { seriousFaults } from '../support/axe.ts'
import { PACE } from '../support/pace.ts'
import { chromiumPath, needsChromium } from './support/chromium.ts'
import { issueWith } from './support/plan.ts'
import { eventsOf, startWorld, type World } from './support/world.ts'

/** Where to put pictures of the pages, for a person to look at. */
const PICTURES = process.env.TRIBUTARY_PICTURES

describe('the pages in a browser', needsChromium, () => {
  let world: World
  let browser: Browser
  const takeResult = async (run: string) => ({
    branch: `tributary-${run}`,
    commit: world.git('rev-parse', `tributary/${run}/trunk`),
  })
  beforeAll(async () => {
    // As `tributary up` does it: by the git of the checkout, to its remote.
    const placeNow = () => ({
      top: join(world.folder, 'checkout'),
      branch: 'main',
      dataDir: world.folder,
      env: process.env,
    })
    world = await startWorld({ hub: { takeResult, pushOf: (run, commit) => pushOf(placeNow(), run, commit) } })
    // Our own pages, on loopback: the browser's sandbox, which containers forbid, guards nothing here.
    browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser?.close()
    await world?.close()
  })

  it('takes a person from the link to the result, on a wide page and on a phone, without a reload', async () => {
    const [page, phone] = [await newPage(browser, 1000), await newPage(browser, 360)]
    const errors = errorsOf(page, phone)
    await page.goto(world.hub.link())
    const needsWords = { misdeed: 'fails-until-told' }
    const tasks = { a: { milliseconds: 'signal' as const }, b: needsWords, d: needsWords }
    const run = await plan(page, issueWith('a > c, b > c, d > c', tasks))
    await check(page, 'plan')
    await approve(page)
    await phone.goto(world.hub.link())
    await phone.goto(`${world.hub.url}/runs/${run}/tasks/d`)
    for (const one of [page, phone]) await one.evaluate('globalThis.sameDocument = true')
    await stateOf(page, 'a', 'atwork')
    await check(page, 'running')

    await stateOf(page, 'b', 'failed')
    await sendBack(page, 'b', 'Write what you were told')
    await sendBack(phone, 'd', 'On a phone, too')
    for (const one of [page, phone]) await one.evaluate('globalThis.sameDocument = true')
    for (const task of ['b', 'd']) await stateOf(page, task, 'landed')
    await phone.locator('#diff').getByText('+On a phone, too').waitFor()

    await restartUnder(world, [page, phone])
    const moved = await secondsUntilLanded(world, page, 'a')
    await stateOf(page, 'c', 'landed')
    await phone.locator('#attempts').getByText('landed').waitFor()
    await page.getByRole('button', { name: 'Fetch the branch' }).waitFor()
    for (const one of [page, phone])
      expect(await one.evaluate('globalThis.sameDocument'), 'the page was not loaded again').toBe(true)
    await check(page, 'done')
    await take(page, run)
    await page.locator('#tasks').getByRole('link', { name: 'b Task b' }).click()
    await page.locator('#diff').getByText('+Write what you were told').waitFor()
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
    await page.goto(world.hub.url)
    const run = await plan(page, issueWith('a'))
    await check(page, 'phone-plan')
    await approve(page)
    await stateOf(page, 'a', 'landed')
    await push(world, page, run)
    await take(page, run)
    await check(page, 'phone-taken')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
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

/** Opens an issue with this plan, and follows it until the plan can be approved. Returns the run. */
async function plan(page: Page, issue: string): Promise<string> {
  await page.getByLabel('Title').fill('A few texts')
  await page.getByLabel(/What to do/).fill(issue)
  await page.getByRole('button', { name: 'Open it and plan' }).click()
  await page.getByRole('button', { name: 'Approve' }).waitFor()
  return /\/runs\/(.+)$/.exec(page.url())?.[1] ?? ''
}

/** Approves the plan, whose hash the page shows. */
async function approve(page: Page): Promise<void> {
  const shown = await page.locator('[data-shown]').textContent()
  expect(shown).toMatch(/^\/approve [0-9a-f]{12}$/)
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.locator('#thread').getByText(`${shown}`, { exact: true }).first().waitFor()
}

/** Sends a task back with words, by the form of the page. */
async function sendBack(page: Page, task: string, words: string): Promise<void> {
  const form = page.locator('form', { has: page.getByRole('button', { name: `Retry ${task}`, exact: true }) })
  await form.getByRole('textbox').fill(words)
  await form.getByRole('button').click()
  await page.locator('#note').getByText(`/retry ${task} -- ${words}`).waitFor()
}

/** Fetches the branch, and reads what became of it. */
async function take(page: Page, run: string): Promise<void> {
  await page.getByRole('button', { name: 'Fetch the branch' }).click()
  await page.getByText(`Your repository has the branch tributary-${run} now`).waitFor()
}

/** Pushes the result to a remote of the checkout, which refuses it first. */
async function push(world: World, page: Page, run: string): Promise<void> {
  const [bare, checkout] = [join(world.folder, 'remote.git'), join(world.folder, 'checkout')]
  git(world.folder, 'init', '--quiet', '--bare', bare)
  const hook = join(bare, 'hooks', 'pre-receive')
  writeFileSync(hook, '#!/bin/sh\necho "Not on a Friday" >&2\nexit 1\n', { mode: 0o755 })
  git(checkout, 'remote', 'add', 'origin', bare)
  await page.reload()
  const button = page.getByRole('button', { name: 'Push to origin' })
  await button.click()
  await page.getByText('Not on a Friday').waitFor()
  rmSync(hook)
  await page.goto(`${world.hub.url}/runs/${run}`)
  await button.click()
  await page.getByText('has the branch').waitFor()
  expect(git(bare, 'rev-parse', `refs/heads/tributary/${run}`)).toBe(world.git('rev-parse', `tributary/${run}/trunk`))
}

/** The hub ends and starts again while these pages are open: they come back by themselves, and see the run go on. */
async function restartUnder(world: World, pages: readonly Page[]): Promise<void> {
  const lost = pages.map((page) => page.locator('#link').getByText('connecting again').waitFor())
  await world.restart()
  await Promise.all(lost)
  for (const page of pages) await page.locator('#link').getByText('live', { exact: true }).waitFor()
}

/** What the script of these pages or their policy complains of. A hub that is not there is no fault of theirs. */
function errorsOf(...pages: readonly Page[]): string[] {
  const errors: string[] = []
  for (const page of pages) {
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' && !/net::ERR_/.test(message.text())) errors.push(message.text())
    })
  }
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
  expect(await seriousFaults(page), name).toEqual([])
}
