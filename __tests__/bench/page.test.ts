import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { atMost } from '../../bench/benchmark.ts'
import { figuresInMarkdown, withFigures } from '../../bench/page.ts'
import { tableUnder } from '../support/readme.ts'

const figure = { benchmark: 'B9', figure: 'a | b', value: 1.23456, unit: 'ms', target: atMost(1), basis: '3 runs' }

describe('the page of figures', () => {
  it('has a row for each figure, with its verdict, and what it was measured on', () => {
    const text = figuresInMarkdown([figure], ['| a table |'], { machine: '2 cores', minutes: 12.4 })
    expect(text).toContain('| B9 | a \\| b | 1.235 ms | ≤ 1 ms | missed | 3 runs |')
    expect(text).toMatch(/^Measured on \d{4}-\d{2}-\d{2} with `npm run bench`, which took 12 minutes, on 2 cores\./)
    expect(text).toContain('| a table |')
  })

  it('takes the place of the figures before it, and of nothing else', () => {
    const page = 'Before\n<!-- figures -->\nold\n<!-- /figures -->\nafter\n'
    expect(withFigures(page, 'new')).toBe('Before\n<!-- figures -->\nnew\n<!-- /figures -->\nafter\n')
    expect(() => withFigures('no place', 'new')).toThrow('<!-- figures -->')
  })
})

describe('the summary on the page', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/benchmarks.md'), 'utf8')
  const data = tableUnder(page, '## Data')

  it('has the values of the data below it', () => {
    const summary = tableUnder(page, '## Summary')
    expect(summary.length).toBeGreaterThan(10)
    for (const [, name, ...cells] of summary) {
      const row = data.find(([, figure]) => figure === name)
      expect([name, ...cells]).toEqual([name, ...(row ?? []).slice(2, 5)])
    }
  })

  it('counts the targets that were met and missed', () => {
    const [, met, missed] = /target, (\d+) met it and (\d+) missed it/.exec(page) ?? []
    const count = (verdict: string) => data.filter((row) => row[4] === verdict).length
    expect([Number(met), Number(missed)]).toEqual([count('met'), count('missed')])
  })
})
