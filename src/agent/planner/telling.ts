/** Tells each part once, in order, however often the text that holds them begins anew. */
export interface Telling {
  /** False: another part was told at this place, and cannot be taken back. */
  tell(part: unknown, say: () => void): boolean
  restart(): void
}

export function telling(): Telling {
  const told: string[] = []
  let next = 0
  return {
    restart() {
      next = 0
    },
    tell(part, say) {
      const text = JSON.stringify(part)
      const before = told[next++]
      if (before !== undefined) return before === text
      told.push(text)
      say()
      return true
    },
  }
}
