const variants = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  Buffer.from(value).toString('base64'),
]

/** What must not be read in a log: secrets, tokens, and what `::add-mask::` named, also as base64, JSON and URI. */
export class Masks {
  #values: string[] = []

  add(text: string): void {
    const parts = [text, ...text.split(/\r?\n/)].map((part) => part.trim()).filter((part) => part !== '')
    const values = new Set([...this.#values, ...parts.flatMap(variants)])
    this.#values = [...values].toSorted((a, b) => b.length - a.length)
  }

  apply(text: string): string {
    return this.#values.reduce((masked, value) => masked.replaceAll(value, '***'), text)
  }
}
