import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { inDemo } from './pages.ts'

const WIDTHS = [360, 1000, 2000]
const SCHEMES = ['light', 'dark'] as const
/** Of a long page its beginning. */
const MOST_HIGH = 3000

/** Every kind of page of the hub at each width, light and dark, in a run of the demo; says which of them are too wide. */
export async function pictureEveryPage(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await inDemo(async (page, hub) => {
    const look = async (name: string, path: string) => {
      await page.goto(`${hub}${path}`)
      await everyWay(page, join(folder, name))
    }
    await page.getByRole('link', { name: /^Run 1/ }).waitFor()
    await page.goto(`${hub}/runs/1`)
    await page.getByRole('button', { name: 'Approve' }).waitFor()
    await everyWay(page, join(folder, 'plan'))
    await page.locator('#graph a[data-state="atwork"]').nth(1).waitFor()
    await everyWay(page, join(folder, 'run-at-work'))
    await page
      .getByText(/12 of 12 tasks landed/)
      .first()
      .waitFor()
    await look('run-done', '/runs/1')
    for (const [name, path] of await found(page, hub)) await look(name, path)
  })
}

/** The addresses of the other pages, as links of these pages lead to them. */
async function found(page: Page, hub: string): Promise<(readonly [name: string, path: string])[]> {
  const linked = async (path: string, link: RegExp): Promise<string> => {
    await page.goto(`${hub}${path}`)
    const hrefs: string[] = await page.locator('a').evaluateAll('(all) => all.map((one) => one.getAttribute("href"))')
    return hrefs.find((href) => link.test(href)) ?? path
  }
  const task = '/runs/1/tasks/money'
  const pull = await linked('/', /\/pulls$/)
  const actions = await linked('/', /\/actions$/)
  const workflowRun = await linked(actions, /\/actions\/runs\/\d+$/)
  const pages = {
    ...{ runs: '/', events: '/runs/1/events', task, pulls: pull, actions, 'workflow-run': workflowRun },
    'pull-of-task': await linked(task, /\/pull\/\d+$/),
    'pull-final': await linked('/runs/1', /\/pull\/\d+$/),
    issue: await linked('/runs/1', /\/issues\/\d+$/),
    log: await linked(workflowRun, /\/job\/\d+/),
    check: await linked(task, /\/runs\/\d{2,}|check/),
    commit: await linked(task, /\/commit\/[0-9a-f]{40}$/),
  }
  return Object.entries(pages)
}

async function everyWay(page: Page, file: string): Promise<void> {
  for (const width of WIDTHS)
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      const [wide, high]: [number, number] = await page.evaluate(SIZE)
      if (wide > width) console.log(`${file}: ${wide} px in a window of ${width}`)
      const clip = { x: 0, y: 0, width, height: Math.min(high, MOST_HIGH) }
      await page.screenshot({ path: `${file}-${width}-${colorScheme}.png`, fullPage: true, clip })
    }
}

const SIZE = '[document.documentElement.scrollWidth, document.documentElement.scrollHeight]'
