import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const src = new URL('../../../src/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, src), 'utf8')
const LADDER = 'core/schedule/retry-ladder.ts'

/** The figures of the table above the retry ladder, each with the file that its row names. A row may take several lines. */
function figures(): { file: string; name: string; value: string }[] {
  const lines = read(LADDER)
    .split('\n')
    .filter((line) => /^ \* .*\|.*\|/.test(line))
    .slice(2)
  let file = ''
  return lines.flatMap((line) => {
    const [, text = '', where = ''] = line.slice(3).split('|')
    if (where.trim() !== '') file = where.trim() === 'here' ? LADDER : where.trim()
    return [...text.matchAll(/\b([A-Z][A-Z_]+) = ([\d.]+)/g)].map(([, name = '', value = '']) => ({
      file,
      name,
      value,
    }))
  })
}

it('names every limit of a retry with the value that the code has', () => {
  const table = figures()
  expect(table.length).toBeGreaterThan(20)
  const wrong = table.filter(
    ({ file, name, value }) => !new RegExp(`^(?:export )?const ${name} = ${value}$`, 'm').test(read(file)),
  )
  expect(wrong).toEqual([])
  expect(read('adapters/anthropic/model.ts')).toContain('start: 240, stream: 90 }')
})
