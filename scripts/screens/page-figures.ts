import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium, type Page } from 'playwright-core'
import { z } from 'zod'
import { growJournal } from '../../__tests__/hub/pages/browser.ts'
import { steadyRun } from '../../__tests__/hub/pages/steady-run.ts'
import { createCheckout } from '../../__tests__/hub/support/repository.ts'
import { chromiumProgram } from './browser.ts'

const TASKS = 300
/** So many of them land while the page is open. */
const LIVE = 10
const upSchema = z.object({
  link: z.string(),
  url: z.string(),
  api: z.string(),
  owner: z.string(),
  repo: z.string(),
  token: z.string(),
  data: z.string(),
})

/** Starts `tributary up` as a person does, and prints what it and its page of a run of 300 tasks take. */
export async function pageFigures(): Promise<void> {
  const [checkout, state] = [createCheckout({ 'README.md': '# Demo\n' }), mkdtempSync(join(tmpdir(), 'figures-'))]
  const began = performance.now()
  const env = { ...process.env, XDG_STATE_HOME: state }
  const up = spawn(process.execPath, [join(process.cwd(), 'dist/cli.js'), 'up', '--no-open', '--json'], {
    cwd: checkout,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const browser = await chromium.launch({ executablePath: chromiumProgram(), args: ['--no-sandbox'] })
  try {
    const [line] = await once(createInterface(up.stdout), 'line')
    const hub = upSchema.parse(JSON.parse(line))
    const page = await browser.newPage()
    await page.goto(hub.link)
    console.log(`from \`up\` to a page that answers: ${((performance.now() - began) / 1000).toFixed(1)} s`)
    await openRun(page, hub)
    console.log(`memory of the page: ${await heapOf(page)}`)
    const status = readFileSync(`/proc/${up.pid}/status`, 'utf8')
    for (const [name, words] of [
      ['VmRSS', 'now'],
      ['VmHWM', 'at most'],
    ] as const)
      console.log(
        `memory of the hub, ${words}: ${megabytes(1024 * Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]))}`,
      )
  } finally {
    await browser.close()
    up.kill('SIGINT')
    await once(up, 'close')
    for (const folder of [checkout, state]) rmSync(folder, { recursive: true, force: true })
  }
}

/** The page of a run whose second half of tasks is to come, and stays open while some of them land. */
async function openRun(page: Page, { api, owner, repo, token, url, data }: z.infer<typeof upSchema>): Promise<void> {
  const headers = { authorization: `Bearer ${token}` }
  await fetch(`${api}/repos/${owner}/${repo}/issues`, { method: 'POST', headers, body: JSON.stringify({ title: 'x' }) })
  const [run, hub] = [steadyRun(TASKS), { dataDir: join(data, 'hub') }]
  growJournal(hub, '1', run.upTo(TASKS / 2))
  const answer = await page.goto(`${url}/runs/1`)
  console.log(`the page of ${TASKS} tasks: ${(await answer?.body())?.length} bytes`)
  await page.getByText('live', { exact: true }).waitFor()
  for (let index = TASKS / 2; index < TASKS / 2 + LIVE; index += 1) {
    growJournal(hub, '1', run.of(index))
    // The hub learns of pushes, and this is none: a comment makes it look.
    await fetch(`${api}/repos/${owner}/${repo}/issues/1/comments`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ body: 'x' }),
    })
    await page.locator(`#graph a[data-task="${run.name(index)}"][data-state="landed"]`).waitFor()
  }
}

/** Of its script and its elements, after a collection. */
async function heapOf(page: Page): Promise<string> {
  const client = await page.context().newCDPSession(page)
  await client.send('HeapProfiler.collectGarbage')
  await client.send('Performance.enable')
  const { metrics } = await client.send('Performance.getMetrics')
  const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? 0
  return `${megabytes(of('JSHeapUsedSize'))} of JavaScript, ${of('Nodes')} nodes`
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
