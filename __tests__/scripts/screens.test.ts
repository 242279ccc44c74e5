import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { screensOf } from '../../scripts/screens/comments.ts'
import { scriptedPlan } from '../../scripts/screens/scripted-plan.ts'
import { momentsOf } from '../../scripts/screens/scripted-run.ts'
import { ROWS, sizeRows, withSizes } from '../../scripts/screens/table.ts'
import { wordsOf } from '../../scripts/screens/words.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/decisions/first-screen.md'), 'utf8')
const rows = sizeRows(page)

const screensFor = (tasks: number) => screensOf(momentsOf(scriptedPlan(tasks)), momentsOf(scriptedPlan(tasks), 'auto'))

describe('the table of what people see first', () => {
  it('has plan, status, worker and final pull request for 4, 12 and 60 tasks, before and now', () => {
    expect(rows.map(({ screen, tasks }) => [screen, tasks])).toEqual(
      Object.values(ROWS).flatMap((screen) => [4, 12, 60].map((tasks) => [screen, tasks])),
    )
  })

  // `npm run screens -- --docs` measures it again.
  it.each([4, 12, 60])('has the words that texts of %i tasks have, give or take five in a hundred', (tasks) => {
    const screens = screensFor(tasks)
    const off = rows
      .filter((row) => row.tasks === tasks)
      .flatMap(({ screen, size }) => {
        const { seen } = wordsOf(screens.find(({ name }) => name === screen)?.markdown ?? '')
        return Math.abs(seen - size.words) <= Math.max(5, size.words / 20) ? [] : [{ screen, seen, said: size.words }]
      })
    expect(off).toEqual([])
  })

  it('keeps what was measured before when it gets new figures', () => {
    const text = 'Words.\n| Final pull request | 4 | 365 → 301 | 1,293 → 1,337 | 2,217 → 1,630 |\n| Else | 4 | 1 |\n'
    expect(withSizes(text, () => ({ words: 290, heights: [1200, 999] }))).toBe(
      'Words.\n| Final pull request | 4 | 365 → 290 | 1,293 → 1,200 | 2,217 → 999 |\n| Else | 4 | 1 |\n',
    )
  })
})

describe('the words of a text', () => {
  it('are those that are seen, and with those that are folded, however deep, all', () => {
    const inner = '<details><summary>Deep down</summary>\n\nfive\n\n</details>'
    const text = `<!-- a marker -->\n## Two words\n\n<details><summary>And three more</summary>\n\nfour **words** \`in code\`\n\n${inner}\n\n</details>\n`
    expect(wordsOf(text)).toEqual({ seen: 5, all: 12 })
  })

  it('leave out what a graph says', () => {
    expect(wordsOf('One.\n\n```mermaid\nflowchart LR\n  a --> b\n```\n\n```text\ntwo three\n```\n')).toEqual({
      seen: 3,
      all: 3,
    })
  })
})
