/** Tells each part once, in order, however often the text that holds them begins anew. */
export interface Telling {
  /**
   * A part under its name; one that comes twice in a text is two. False: another one was told under this name, and holds.
   * `holds`: somebody builds on it from now on.
   */
  tell(part: { name: string; value: unknown; holds: boolean }, say: () => void): boolean
  /** The same text comes once more, or another one in its place. */
  restart(): void
  /** All that was told is taken back. */
  forget(): void
  /** Everything that holds was in the text. */
  isWhole(): boolean
}

export function telling(): Telling {
  const told = new Map<string, { text: string; holds: boolean }>()
  const seen = new Set<string>()
  const fresh = (name: string, count = 1): string =>
    seen.has(`${name} ${count}`) ? fresh(name, count + 1) : `${name} ${count}`
  return {
    restart: () => seen.clear(),
    forget() {
      seen.clear()
      told.clear()
    },
    isWhole: () => [...told].every(([key, { holds }]) => !holds || seen.has(key)),
    tell({ name, value, holds }, say) {
      const key = fresh(name)
      seen.add(key)
      const text = JSON.stringify(value)
      const before = told.get(key)
      if (before?.holds) return before.text === text
      if (before?.text === text) return true
      told.set(key, { text, holds })
      say()
      return true
    },
  }
}
