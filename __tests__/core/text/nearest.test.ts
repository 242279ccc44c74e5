import { describe, expect, it } from 'vitest'
import { nearest } from '../../../src/core/text/nearest.ts'
import { cases, printedSeed, randomOf } from '../../support/random.ts'

describe('the word that was probably meant', () => {
  it.each([
    ['aprove', 'approve'],
    ['apporve', 'approve'],
    ['appprovee', 'approve'],
    ['src/loger', 'src/logger'],
    ['stauts', 'status'],
  ])('is, for %s, %s', (typed, meant) => expect(nearest(typed, ['approve', 'status', 'src/logger'])).toBe(meant))

  it.each(['review', 'approximately', 'x', 'srC/lOGer'])('is none for %s', (typed) =>
    expect(nearest(typed, ['revise', 'approve', 'status', 'src/logger'])).toBeNull(),
  )

  it('is the closest, and the first of several', () => {
    expect(nearest('packages/a1', ['packages/b2', 'packages/a2', 'packages/a3'])).toBe('packages/a2')
  })

  it('is the one that a full table of distances finds, for words that differ anywhere', () => {
    const next = randomOf(printedSeed())
    const word = () => Array.from({ length: next(11) }, () => 'ab/'.charAt(next(3))).join('')
    for (let count = 0; count < cases(2000); count++) {
      const typed = word()
      const known = Array.from({ length: 8 }, word)
      expect([typed, known, nearest(typed, known)]).toEqual([typed, known, byFullTable(typed, known)])
    }
  })
})

function byFullTable(typed: string, known: readonly string[]): string | null {
  const close = known
    .map((word) => ({ word, far: distance(typed, word) }))
    .filter(({ word, far }) => far <= (word.length >= 7 && word[0] === typed[0] ? 2 : 1))
  return close.sort((a, b) => a.far - b.far)[0]?.word ?? null
}

/** Optimal string alignment, by the book. */
function distance(from: string, to: string): number {
  const table = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  for (let row = 1; row <= from.length; row++) {
    const cells = [row]
    for (let column = 1; column <= to.length; column++) {
      const above = table[row - 1] ?? []
      const same = from[row - 1] === to[column - 1] ? 0 : 1
      const costs = [cells[column - 1] ?? 99, above[column] ?? 99].map((cost) => cost + 1)
      costs.push((above[column - 1] ?? 99) + same)
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1])
        costs.push((table[row - 2]?.[column - 2] ?? 99) + 1)
      cells.push(Math.min(...costs))
    }
    table.push(cells)
  }
  return table[from.length]?.[to.length] ?? 99
}
