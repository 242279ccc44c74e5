import { visible } from '../markdown/escape.ts'

/** Text that is safe in a page. Only `html` makes it, and `trusted` for our own style and script. */
export class Html {
  readonly text: string
  /** The pieces in it, in the order in which they stand there. */
  readonly pieces: readonly Piece[]
  constructor(text: string, pieces: readonly Piece[] = []) {
    this.text = text
    this.pieces = pieces
  }
}

/** One element with an id, which an open page can replace without looking at what stands around it. */
export interface Piece {
  id: string
  text: string
}

type Part = Html | string | number | readonly Part[] | false | null

/** A template whose parts are escaped unless they are `Html`. A list is written without separators, `false` and `null` not at all. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  new Html(
    strings.map((text, index) => (index === 0 ? '' : written(parts[index - 1] ?? '')) + text).join(''),
    parts.flatMap(piecesIn),
  )

/** Makes one element, whose `id` this is, a piece of the page. */
export const piece = (id: string, { text }: Html): Html => new Html(text, [{ id, text }])

/** Never for text of a model, a repository or a person. */
export const trusted = (text: string): Html => new Html(text)

function written(part: Part): string {
  if (part === false || part === null) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(written).join('')
  return escaped(`${part}`)
}

function piecesIn(part: Part): readonly Piece[] {
  if (part instanceof Html) return part.pieces
  return typeof part === 'object' && part !== null ? part.flatMap(piecesIn) : []
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
