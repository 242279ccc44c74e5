import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TranscriptBlock, TranscriptLine } from '../../../src/core/slots/transcript.ts'
import { chromiumPath, needsChromium } from '../../e2e/support/chromium.ts'
import { approved, history, proposed, queued, requested, started } from '../../render/support/runs.ts'
import { seriousFaults } from '../../support/axe.ts'
import { PACE } from '../../support/pace.ts'
import { planOf } from '../../support/plan.ts'
import { type TestHub, testHub, where } from '../support/hub.ts'
import { visit, writeJournal } from './browser.ts'

const at = '2026-11-21T10:00:00.000Z'
const usage = { fresh: 100, cached: 20, written: 3, output: 4 }
const agent = (turn: number, ...blocks: TranscriptBlock[]): TranscriptLine => ({
  ...{ kind: 'turn', role: 'assistant', at, turn, blocks, stop: 'calls', usage, unsure: false, seconds: 4.2 },
})
const told = (turn: number, ...blocks: TranscriptBlock[]): TranscriptLine => ({
  ...{ kind: 'turn', role: 'user', at, turn, blocks },
})
const runs = (id: string, command: string): TranscriptBlock => ({ kind: 'call', id, name: 'bash', input: { command } })
const gets = (id: string, text: string): TranscriptBlock => ({ kind: 'result', id, text, failed: false })

/** A run whose slot works on `a`. Returns what appends lines to the transcript in the folder of the slot's job. */
async function atWork(hub: TestHub): Promise<(...lines: TranscriptLine[]) => void> {
  await hub.as('writer').issues.create({ ...where, title: 'x' })
  const slots = { type: 'slots_requested', request: 'r1', count: 1, workflowRun: 811 } as const
  writeJournal(hub, '1', history(requested(1), proposed(planOf('a')), approved(), slots, queued('a'), started('a')))
  hub.host.saveJob({
    ...{ id: 77, run_id: 811, run_attempt: 1, name: 'slot r1.1', status: 'in_progress', conclusion: null, summary: '' },
    ...{ created_at: at, started_at: at, completed_at: null, steps: [], runner_name: null, labels: [] },
  })
  const folder = join(hub.dataDir, 'jobs', '77', '_work', '_temp', 'tributary-abc')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'tributary-1-a-1-transcript.jsonl')
  return (...lines) => appendFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

describe('the transcript on the page of a task', () => {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (!('skip' in needsChromium))
      browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
  })
  afterAll(() => browser?.close())

  it('grows under the eyes of a person, and leaves open what they have opened', needsChromium, async () => {
    const hub = await testHub()
    const write = await atWork(hub)
    write(told(1, { kind: 'text', text: 'Do it.' }), agent(1, runs('c1', 'npm test')))
    const page = await browser?.newPage({ viewport: { width: 360, height: 800 } })
    if (page === undefined) throw new Error('there is no browser')
    page.setDefaultTimeout(60_000 * PACE)
    await page.goto(hub.link())
    await page.goto(`${hub.url}/runs/1/tasks/a`)
    await page.getByText('▶ runs').waitFor()
    await page.evaluate('globalThis.sameDocument = true')
    await page.getByText('npm test').first().click()
    const later = Array.from({ length: 40 }, (_, index) => agent(index + 2, { kind: 'text', text: `Word ${index}` }))
    write(told(2, gets('c1', 'all passed')), ...later)
    await page.getByText('✓ done').waitFor()
    expect(await page.locator('.call[open]').textContent()).toContain('all passed')
    // The newest line is in sight, though the box has no room for all.
    await page.getByText('Word 39').waitFor()
    expect(await page.evaluate(LAST_IN_BOX)).toBe(true)
    expect(await seriousFaults(page)).toEqual([])
    expect(await page.evaluate('globalThis.sameDocument && document.documentElement.scrollWidth <= 360')).toBe(true)
    await page.close()
  })

  it('counts lines that no agent of ours wrote, and shows of a long one the end', async () => {
    const hub = await testHub()
    const write = await atWork(hub)
    write(
      ...Array.from({ length: 300 }, (_, index) =>
        agent(index, { kind: 'text', text: `${index} ${'x'.repeat(5_000)}` }),
      ),
    )
    write({ kind: 'unheard of' } as never, agent(300, { kind: 'text', text: 'the last word' }))
    const { text } = await (await visit(hub)).get('/runs/1/tasks/a')
    expect(text).toContain('the last word')
    expect(text).toMatch(/\d+ earlier steps left out\./)
    expect(text).toContain('1 line of it cannot be read.')
    expect(Buffer.byteLength(text)).toBeLessThan(400_000)
  })
})

const LAST_IN_BOX = `(() => {
  const box = document.querySelector('.newest').getBoundingClientRect()
  const last = document.querySelector('.transcript li:last-child').getBoundingClientRect()
  return box.height < 600 && last.bottom <= box.bottom + 1 && last.top >= box.top
})()`
