import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { openBrowser } from './screens/browser.ts'
import { type Screen, screensOf } from './screens/comments.ts'
import { pageOf } from './screens/page.ts'
import { scriptedPlan } from './screens/scripted-plan.ts'
import { momentsOf } from './screens/scripted-run.ts'

/**
 * `npm run screens [-- FOLDER NAME...]`: words and height of every comment, check and pull request of a scripted run as
 * GitHub renders them, for 4, 12 and 60 tasks at 1,000 and 360 pixels, and pictures of those of 12 tasks that are named,
 * or of all.
 */
const WIDTHS = [1000, 360] as const
const TASKS = [4, 12, 60]
const PICTURED = 12

const measuredSchema = z.array(
  z.object({ name: z.string(), words: z.number(), all: z.number(), height: z.number(), wide: z.boolean() }),
)

const [named = 'bench-results/screens', ...wanted] = process.argv.slice(2)
const folder = resolve(named)
mkdirSync(folder, { recursive: true })
const browser = openBrowser()

const measured = (screens: readonly Screen[], width: number) =>
  measuredSchema.parse(JSON.parse(browser.titleOf(pageOf(screens, width, 'light'))))

for (const tasks of TASKS) {
  const plan = scriptedPlan(tasks)
  const screens = screensOf(momentsOf(plan), momentsOf(plan, 'auto'))
  const [wide = [], narrow = []] = WIDTHS.map((width) => measured(screens, width))
  console.log(
    `\n| ${tasks} tasks | Words | Unfolded | px at ${WIDTHS[0]} | px at ${WIDTHS[1]} |\n| --- | ---: | ---: | ---: | ---: |`,
  )
  wide.forEach(({ name, words, all, height }, at) => {
    const small = narrow[at]
    console.log(`| ${name} | ${words} | ${all} | ${height} | ${small?.height}${small?.wide ? ' (too wide)' : ''} |`)
  })
  if (tasks !== PICTURED) continue
  for (const [at, width] of WIDTHS.entries())
    (at === 0 ? wide : narrow).forEach(({ name, height }, place) => {
      const one = screens[place]
      if (one !== undefined && (wanted.length === 0 || wanted.includes(name)))
        browser.picture(
          pageOf([one], width, 'light'),
          Math.max(width, 500),
          height,
          join(folder, `${name}-${width}.png`),
        )
    })
}
