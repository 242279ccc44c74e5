import { markdownTag, matchAt } from './lines.ts'

export interface Attribute {
  readonly name: string
  readonly value: string
}

export interface Tag {
  readonly name: string
  readonly closes: boolean
  readonly attributes: readonly Attribute[]
  readonly end: number
  /** Whether Markdown also takes it for a tag. Browsers accept more than Markdown does. */
  readonly strict: boolean
}

const NAME = /<(\/?)([a-z][^\s/><]*)/iy
const ATTRIBUTE = /[\s/]*(?:([^\s/><][^\s/>=<]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"'<][^\s><]*)|))?)/y
const TAG_END = /[\s/]*>/y
const STRICT = new RegExp(`^${markdownTag('\\s')}$`, 'i')

/**
 * The tag that begins here, as a browser reads it; null if none begins. A tag is torn if it has not ended at `limit`, or
 * at another `<` outside quotes, where a real tag may begin.
 */
export function readTag(text: string, at: number, limit: number): Tag | 'torn' | null {
  const start = matchAt(NAME, text, at)
  if (start === null) return null
  const attributes: Attribute[] = []
  let place = at + start[0].length
  for (;;) {
    const end = place + (matchAt(TAG_END, text, place)?.[0].length ?? Number.POSITIVE_INFINITY)
    if (end <= limit) {
      const strict = STRICT.test(text.slice(at, end))
      return { name: (start[2] ?? '').toLowerCase(), closes: start[1] === '/', attributes, end, strict }
    }
    const found = matchAt(ATTRIBUTE, text, place)
    place = ATTRIBUTE.lastIndex
    if (found === null || place >= limit) return 'torn'
    const [whole, name = '', double, single, bare] = found
    const value = double ?? single ?? bare
    // A quote that is not closed takes in all that follows.
    if (value === undefined && /=\s*$/.test(whole) && /["']/.test(text[place] ?? '')) return 'torn'
    attributes.push({ name: name.toLowerCase(), value: value ?? '' })
  }
}

const setOf = (names: string): ReadonlySet<string> => new Set(names.split(' '))

/** Elements that GitHub renders. */
const SHOWN = setOf(
  'a abbr address article aside b big blockquote br caption center cite code col colgroup dd del details dfn div dl dt ' +
    'em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i ins kbd label li main mark nav ol p pre q rt ruby ' +
    's samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr',
)
/** Elements of which a browser shows nothing, or something other than their text. */
const HIDDEN = setOf(
  'applet audio base canvas datalist dialog embed frameset head iframe input link map math meta noembed noframes ' +
    'noscript object optgroup option param picture plaintext rp script select source style svg template textarea ' +
    'title track video xmp',
)
/** These hide the rest of the page if they are not closed; after the others it is shown. */
const HIDING_REST = setOf('head math noscript script style svg template')
const VOID = setOf('area base br col embed hr img input link meta param source track wbr')

const HIDING_CLASS = /(?:^|\s)(?:sr-only|visually-?hidden|hidden|invisible|d-none|screen-reader-text)(?:\s|$)/i
const ALMOST_NOTHING = /^\s*[01](?:px|%)?\s*$/

export const isShown = (name: string): boolean => SHOWN.has(name)
export const isVoid = (name: string): boolean => VOID.has(name)
export const isHidden = (tag: Tag): boolean => HIDDEN.has(tag.name) || tag.attributes.some(hidesElement)
export const hidesRest = (tag: Tag): boolean => HIDING_REST.has(tag.name) || tag.attributes.some(hidesElement)

function hidesElement({ name, value }: Attribute): boolean {
  if (name === 'hidden') return true
  if (name === 'style') return hidingStyle(value)
  if (name === 'class') return HIDING_CLASS.test(value)
  if (name === 'color') return !isVisibleColour(value.trim().toLowerCase())
  return (name === 'width' || name === 'height') && ALMOST_NOTHING.test(value)
}

const LAYOUT = setOf(
  'align border cellpadding cellspacing checked class color colspan dir disabled height hspace lang open rel reversed ' +
    'rowspan start style target type valign vspace width',
)
const LAYOUT_VALUE =
  /^(?:\d{1,4}(?:\.\d{1,2})?(?:px|%|em)?|left|right|center|top|middle|bottom|justify|ltr|rtl|auto|open|[a-z]{2}|_blank)?$/i

/** An attribute that can only describe layout. */
export const isLayout = ({ name, value }: Attribute): boolean => LAYOUT.has(name) && LAYOUT_VALUE.test(value)

const LENGTHS: readonly (readonly [RegExp, number])[] = [
  [/^(\d{1,4}(?:\.\d{1,4})?)(?:px|pt)$/, 6],
  [/^(\d{1,4}(?:\.\d{1,4})?)r?em$/, 0.5],
  [/^(\d{1,4}(?:\.\d{1,4})?)%$/, 50],
]
const NAMED_SIZE = /^(?:x{0,2}-?(?:small|large)|medium|smaller|larger)$/
const COLOUR = /^(?:[a-z]{3,20}|#(?:[0-9a-f]{3}|[0-9a-f]{6}))$/
const INVISIBLE_COLOUR = /^(?:white|transparent|inherit|currentcolor|snow|ivory|#f+|#[ef]{3}|#(?:[ef][0-9a-f]){3})$/
const BOX =
  /^(?:auto|none|normal|0|\d{1,3}(?:\.\d{1,4})?(?:px|pt|em|rem|%)?)(?: (?:auto|0|\d{1,3}(?:px|pt|em|rem|%)?)){0,3}$/

type Harmless = (value: string) => boolean

const matches = (pattern: RegExp): Harmless => pattern.test.bind(pattern)
const keyword = matches(/^[a-z-]{1,20}$/)
const box = matches(BOX)
const readableSize: Harmless = (value) =>
  NAMED_SIZE.test(value) || LENGTHS.some(([shape, least]) => Number(shape.exec(value)?.[1] ?? -1) >= least)
export const isVisibleColour: Harmless = (value) => COLOUR.test(value) && !INVISIBLE_COLOUR.test(value)

/** Common declarations that leave the text readable. Any other may hide it. */
const HARMLESS: ReadonlyMap<string, Harmless> = new Map([
  ['color', isVisibleColour],
  ['font-size', readableSize],
  ['font-weight', matches(/^(?:\d{3}|[a-z]{4,7})$/)],
  ['font-style', keyword],
  ['font-family', matches(/^[a-z, -]{1,60}$/)],
  ['text-align', keyword],
  ['text-decoration', keyword],
  ['vertical-align', keyword],
  ['white-space', keyword],
  ['margin', box],
  ['padding', box],
  ['width', readableSize],
  ['max-width', readableSize],
])

const hidingStyle = (style: string): boolean =>
  style
    .toLowerCase()
    .split(';')
    .filter((declaration) => declaration.trim() !== '')
    .some((declaration) => {
      const [property = '', ...value] = declaration.split(':')
      return HARMLESS.get(property.trim())?.(value.join(':').trim()) !== true
    })
