/** Outputs of commands that were too long for one answer, to be read in parts. */
export interface KeptOutputs {
  /** Returns the id under which it is kept. */
  keep(text: string): number
  /** Null: there is none of that id, or it is kept no longer. */
  text(id: number): string | null
}

/** The oldest is dropped first. */
const MOST_KEPT = 10

export function keptOutputs(): KeptOutputs {
  const outputs = new Map<number, string>()
  let last = 0
  return {
    keep(text) {
      last += 1
      outputs.set(last, text)
      outputs.delete(last - MOST_KEPT)
      return last
    },
    text: (id) => outputs.get(id) ?? null,
  }
}
