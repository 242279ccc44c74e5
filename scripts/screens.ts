import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { openBrowser } from './screens/browser.ts'
import { type Screen, screensOf } from './screens/comments.ts'
import { pageOf } from './screens/page.ts'
import { scriptedPlan } from './screens/scripted-plan.ts'
import { momentsOf } from './screens/scripted-run.ts'
import { type Size, withSizes } from './screens/table.ts'
import { wordsOf } from './screens/words.ts'

/**
 * `npm run screens [-- FOLDER NAME...]`: words and height of every comment, check and pull request of a scripted run as
 * GitHub renders them, for 4, 12 and 60 tasks at 1,000 and 360 pixels, and pictures of all those of 12 tasks, or of those
 * that are named: `plan`, or `plan-60` for another number of tasks.
 * `npm run screens -- --docs`: the same figures, written into the table of docs/decisions/first-screen.md. No pictures.
 */
const WIDTHS = [1000, 360]
const TASKS = [4, 12, 60]
const PICTURED = 12
const PAGE = 'docs/decisions/first-screen.md'

const boxesSchema = z.array(z.object({ height: z.number(), wide: z.boolean() }))

/** A screen with its size, and the widths that it does not fit into. */
interface Measured extends Screen {
  tasks: number
  all: number
  size: Size
  tooWide: readonly number[]
}

const browser = openBrowser()

function measured(tasks: number): Measured[] {
  const plan = scriptedPlan(tasks)
  const screens = screensOf(momentsOf(plan), momentsOf(plan, 'auto'))
  const boxes = WIDTHS.map((width) => boxesSchema.parse(JSON.parse(browser.titleOf(pageOf(screens, width, 'light')))))
  return screens.map((screen, at) => {
    const { seen, all } = wordsOf(screen.markdown)
    const heights = boxes.map((column) => column[at]?.height ?? 0)
    const tooWide = WIDTHS.filter((_, column) => boxes[column]?.[at]?.wide)
    return { ...screen, tasks, all, size: { words: seen, heights }, tooWide }
  })
}

function print(tasks: number, rows: readonly Measured[]): void {
  console.log(`\n| ${tasks} tasks | Words | Unfolded | ${WIDTHS.map((width) => `px at ${width}`).join(' | ')} |`)
  console.log('| --- | ---: | ---: | ---: | ---: |')
  for (const { name, all, size, tooWide } of rows) {
    const heights = size.heights.map(
      (height, at) => `${height}${tooWide.includes(WIDTHS[at] ?? 0) ? ' (too wide)' : ''}`,
    )
    console.log(`| ${name} | ${size.words} | ${all} | ${heights.join(' | ')} |`)
  }
}

function takePictures(rows: readonly Measured[], folder: string, wanted: readonly string[]): void {
  mkdirSync(folder, { recursive: true })
  for (const row of rows) {
    const names = [`${row.name}-${row.tasks}`, ...(row.tasks === PICTURED ? [row.name] : [])]
    if (wanted.length === 0 ? row.tasks !== PICTURED : !names.some((name) => wanted.includes(name))) continue
    for (const [at, width] of WIDTHS.entries()) {
      const file = join(folder, `${row.name}-${row.tasks}-${width}.png`)
      // Chromium opens no window that is narrower than 500 pixels.
      browser.picture(pageOf([row], width, 'light'), Math.max(width, 500), row.size.heights[at] ?? 0, file)
    }
  }
}

function writeTable(all: readonly Measured[]): void {
  const sizeOf = (screen: string, tasks: number): Size => {
    const found = all.find((one) => one.name === screen && one.tasks === tasks)
    if (found === undefined)
      throw new Error(`${PAGE} has a row of ${tasks} tasks for a screen that is not measured: ${screen}`)
    return found.size
  }
  writeFileSync(PAGE, withSizes(readFileSync(PAGE, 'utf8'), sizeOf))
}

const [named = 'bench-results/screens', ...wanted] = process.argv.slice(2)
const all = TASKS.flatMap((tasks) => {
  const rows = measured(tasks)
  print(tasks, rows)
  return rows
})
if (named === '--docs') writeTable(all)
else takePictures(all, resolve(named), wanted)
