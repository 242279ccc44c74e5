import { hides, isColour } from './style.ts'
import type { Attribute, Tag } from './tag.ts'

const names = (list: string): ReadonlySet<string> => new Set(list.split(' '))

/** What GitHub shows with its own meaning. */
const SHOWN = names(
  'a abbr address article aside b big blockquote br caption center cite code col colgroup dd del details dfn div dl dt ' +
    'em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i ins kbd label li main mark nav ol p pre q rt ruby ' +
    's samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr',
)
/** What a browser shows nothing of, or something else than its text. */
const UNSEEN = names(
  'applet audio base canvas datalist dialog embed frameset head iframe input link map math meta noembed noframes ' +
    'noscript object optgroup option param picture plaintext rp script select source style svg template textarea ' +
    'title track video xmp',
)
/** These hide all that follows where nobody closes them; browsers and GitHub show what follows the others. */
const SWALLOWING = names('head math noscript script style svg template')
/** They end with their own tag: nothing can be inside. */
const VOID = names('area base br col embed hr img input link meta param source track wbr')

const HIDING_CLASS = /(?:^|\s)(?:sr-only|visually-?hidden|hidden|invisible|d-none|screen-reader-text)(?:\s|$)/i
const ALMOST_NOTHING = /^\s*[01](?:px|%)?\s*$/

export const isShown = (name: string): boolean => SHOWN.has(name)
export const isVoid = (name: string): boolean => VOID.has(name)
export const isUnseen = (tag: Tag): boolean => UNSEEN.has(tag.name) || tag.attributes.some(hidden)
export const swallows = (tag: Tag): boolean => SWALLOWING.has(tag.name) || tag.attributes.some(hidden)

function hidden({ name, value }: Attribute): boolean {
  if (name === 'hidden') return true
  if (name === 'style') return hides(value)
  if (name === 'class') return HIDING_CLASS.test(value)
  if (name === 'color') return !isColour(value.trim().toLowerCase())
  return (name === 'width' || name === 'height') && ALMOST_NOTHING.test(value)
}

const LAYOUT = names(
  'align border cellpadding cellspacing checked class color colspan dir disabled height hspace lang open rel reversed ' +
    'rowspan start style target type valign vspace width',
)
const LAYOUT_VALUE =
  /^(?:\d{1,4}(?:\.\d{1,2})?(?:px|%|em)?|left|right|center|top|middle|bottom|justify|ltr|rtl|auto|open|[a-z]{2}|_blank)?$/i

/** An attribute that says how something looks, in a word, and can say nothing else. */
export const isLayout = ({ name, value }: Attribute): boolean => LAYOUT.has(name) && LAYOUT_VALUE.test(value)
