import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type Page } from 'playwright-core'
import { chromiumProgram } from './browser.ts'

/** Of the hub's pages, made in the demo with agents: its model is scripted, all else is as it is for people. */
const FOLDER = 'docs/pictures'
const [WIDE, PHONE] = [1000, 360]
const QUALITY = 80
/** For one thing to happen. */
const PATIENCE = 300_000

/** Runs the demo, and takes a picture of each page when it shows what it is for. */
export async function picturePages(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  await inDemo(takeAll)
}

/** Shows the pages of the demo, from its beginning on. */
export async function inDemo(show: (page: Page, hub: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-pictures-'))
  const demo = spawn(
    process.execPath,
    ['dist/cli.js', 'demo', '--agents', '--keep', '--folder', join(folder, 'demo')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = new Promise<void>((resolve) => demo.once('close', () => resolve()))
  // Our own pages, on loopback: the browser's sandbox, which containers forbid, guards nothing here.
  const browser = await chromium.launch({ executablePath: chromiumProgram(), args: ['--no-sandbox'] })
  try {
    const page = await browser.newPage()
    page.setDefaultTimeout(PATIENCE)
    await page.goto(await linkOf(createInterface(demo.stdout)))
    await show(page, new URL(page.url()).origin)
  } finally {
    await browser.close()
    demo.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The demo prints it on a line of its own. */
async function linkOf(lines: AsyncIterable<string>): Promise<string> {
  let link: string | undefined
  // To the end: a pipe that nobody reads would stop the demo.
  const found = new Promise<string>((resolve, reject) => {
    void (async () => {
      for await (const line of lines) {
        link ??= /http:\/\/127\.0\.0\.1:\d+\/login\/\S+/.exec(line)?.[0]
        if (link !== undefined) resolve(link)
      }
      reject(new Error('the demo has ended without a link'))
    })()
  })
  return found
}

async function takeAll(page: Page, hub: string): Promise<void> {
  const run = `${hub}/runs/1`
  const atWork = page.locator('#graph a[data-state="atwork"]')
  await page.getByRole('link', { name: /^Run 1/ }).waitFor()
  await page.goto(run)
  await page.getByRole('button', { name: 'Approve' }).waitFor()
  await take(page, 'plan', 900)
  await page.goto(hub)
  await take(page, 'runs', 620)
  await page.goto(run)
  await atWork.nth(1).waitFor()
  await take(page, 'run', 1000)
  await page.emulateMedia({ colorScheme: 'dark' })
  await take(page, 'run-dark', 1000)
  await page.emulateMedia({ colorScheme: 'light' })
  await take(page, 'run-phone', 800, PHONE)
  await page.goto(new URL((await atWork.first().getAttribute('href')) ?? '', hub).href)
  await page.locator('.call-done').nth(2).waitFor()
  await page.setViewportSize({ width: WIDE, height: 900 })
  await page
    .locator('.call', { has: page.locator('.call-done') })
    .filter({ hasText: 'edit' })
    .last()
    .click()
  await showFrom(page, '#brief')
  await take(page, 'task', 900)
  await page.setViewportSize({ width: PHONE, height: 800 })
  await showFrom(page, '#attempts')
  await take(page, 'task-phone', 800, PHONE)
  await page.setViewportSize({ width: WIDE, height: 900 })
  await page.goto(`${run}/tasks/money`)
  await page.getByRole('link', { name: /^Pull request/ }).click()
  await take(page, 'pull', 860)
  await showFrom(page, '#diff')
  await take(page, 'diff', 700)
}

const showFrom = (page: Page, selector: string): Promise<void> =>
  page.evaluate(`document.querySelector('${selector}').scrollIntoView()`)

/** What the window shows of the page. */
async function take(page: Page, name: string, height: number, width = WIDE): Promise<void> {
  await page.setViewportSize({ width, height })
  const client = await page.context().newCDPSession(page)
  const { data } = await client.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
  const bytes = Buffer.from(data, 'base64')
  writeFileSync(join(FOLDER, `${name}.webp`), bytes)
  // For a look at it where nothing shows WebP.
  if (process.env.TRIBUTARY_PICTURES !== undefined)
    await page.screenshot({ path: join(process.env.TRIBUTARY_PICTURES, `${name}.png`) })
  console.log(`${name}: ${width} × ${height}, ${bytes.length} bytes`)
}
