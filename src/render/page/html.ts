import { visible } from '../markdown/escape.ts'

/** Text that is safe in a page. Only `html` makes it, and `trusted` for our own style and script. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Html | string | number | readonly Part[] | false | null

/** A template whose parts are escaped unless they are `Html`. A list is written without separators, `false` and `null` not at all. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(strings.map((text, index) => (index === 0 ? '' : written(parts[index - 1] ?? '')) + text).join(''))

/** Never for text of a model, a repository or a person. */
export const trusted = (text: string): Html => new Html(text)

function written(part: Part): string {
  if (part === false || part === null) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(written).join('')
  return escaped(`${part}`)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string =>
  visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
