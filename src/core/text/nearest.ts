/** Edits that a word may be away. */
const MOST = 2

/** The cells of a row that can be within MOST: `cell` stands for the column `row + cell - MOST`. */
const CELLS = 2 * MOST + 1
const FAR = MOST + 1

/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours; anything above MOST counts as
 * one more. Rows have five cells and are used again, since a repository has many thousand paths to compare with.
 */
function editDistance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > MOST) return FAR
  const shared = commonPrefix(one, other)
  const [from, to] = [one.slice(shared), other.slice(shared)]
  let beforeLast = new Array<number>(CELLS).fill(FAR)
  let last = beforeLast.map((_, cell) => (cell < MOST ? FAR : cell - MOST))
  let next = new Array<number>(CELLS).fill(FAR)
  for (let row = 1; row <= from.length; row++) {
    for (let cell = 0; cell < CELLS; cell++) {
      const column = row + cell - MOST
      const same = from[row - 1] === to[column - 1]
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      const cost = Math.min(
        at(last, cell) + (same ? 0 : 1),
        at(last, cell + 1) + 1,
        at(next, cell - 1) + 1,
        swapped ? at(beforeLast, cell) + 1 : FAR,
      )
      next[cell] = column < 0 || column > to.length ? FAR : cost
    }
    // A swap looks two rows back, and costs one.
    if (Math.min(...next) >= FAR && Math.min(...last) >= MOST) return FAR
    ;[beforeLast, last, next] = [last, next, beforeLast]
  }
  return at(last, to.length - from.length + MOST)
}

/** The length of what both begin with: paths of a repository have long beginnings in common. */
function commonPrefix(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return length
}

const at = (cells: readonly number[], cell: number): number => cells[cell] ?? FAR
/**
 * The known word that was probably meant, or null. Allows one edit, or two in a word of at least seven letters with the same
 * first one. More would match other words: `/review` is not `/revise`.
 */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: { candidate: string; distance: number } | null = null
  for (const candidate of known) {
    const distance = editDistance(word, candidate)
    const isMeant = distance <= (candidate.length >= 7 && candidate[0] === word[0] ? 2 : 1)
    if (isMeant && distance < (best?.distance ?? FAR)) best = { candidate, distance }
  }
  return best?.candidate ?? null
}
