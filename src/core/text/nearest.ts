/** Edits that a word may be away. */
const MOST = 2

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. Only what can be within MOST is
 * computed, and anything above counts as infinite: a repository has many thousand paths.
 */
function editDistance(from: string, to: string): number {
  let [beforeLast, last]: [Row, Row] = [
    { start: 0, cells: [] },
    { start: 0, cells: [0, 1, 2] },
  ]
  for (let row = 1; row <= from.length; row++) {
    const next: Row = { start: Math.max(0, row - MOST), cells: [] }
    for (let column = next.start; column <= Math.min(to.length, row + MOST); column++) {
      const same = from[row - 1] === to[column - 1]
      const exchanged = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      const least = Math.min(at(last, column) + 1, at(next, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1))
      next.cells.push(exchanged ? Math.min(least, at(beforeLast, column - 2) + 1) : least)
    }
    if (Math.min(...next.cells) > MOST && Math.min(...last.cells) > MOST) return Number.POSITIVE_INFINITY
    ;[beforeLast, last] = [last, next]
  }
  return at(last, to.length)
}

/** The cells of a row from column `start` on. */
interface Row {
  start: number
  cells: number[]
}

const at = ({ start, cells }: Row, column: number): number => cells[column - start] ?? Number.POSITIVE_INFINITY

/**
 * The known word that was probably meant, or null. Allows one edit, or two in a word of at least seven letters with the same
 * first one. More would match other words: `/review` is not `/revise`.
 */
export function nearest(word: string, known: readonly string[]): string | null {
  const slips = known
    .filter((candidate) => Math.abs(candidate.length - word.length) <= MOST)
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ candidate, distance }) => distance <= (candidate.length >= 7 && candidate[0] === word[0] ? 2 : 1))
  return slips.sort((a, b) => a.distance - b.distance)[0]?.candidate ?? null
}
