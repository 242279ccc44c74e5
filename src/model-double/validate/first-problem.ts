/** The first problem of the items, in order, or null. */
export function firstProblem<T>(
  all: readonly T[],
  problem: (one: T, at: number, all: readonly T[]) => string | null,
): string | null {
  for (const [at, one] of all.entries()) {
    const found = problem(one, at, all)
    if (found !== null) return found
  }
  return null
}
