import type { Options } from 'micromark'

type HtmlExtension = NonNullable<Options['htmlExtensions']>[number]
type Encode = (text: string) => string

/** Tags that our comments are written with. None takes an attribute but `open`. */
const ALLOWED = new Set(['details', 'summary', 'br', 'sub', 'sup', 'code', 'kbd', 'b', 'i', 'em', 'strong', 'span'])

const PIECES = /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-z]+)( open)?\s*\/?>/gi

/**
 * Lets those tags through, drops comments, and writes all other HTML as text. Each tag is closed, and none that was not open, so
 * that a comment cannot change what stands around it.
 */
export function fewTags(): HtmlExtension {
  const open: string[] = []
  return {
    enter: {
      htmlFlow() {
        this.buffer()
      },
      htmlText() {
        this.buffer()
      },
    },
    exit: {
      htmlFlow(token) {
        this.resume()
        this.raw(pass(open, this.sliceSerialize(token), this.encode))
      },
      htmlText(token) {
        this.resume()
        this.raw(pass(open, this.sliceSerialize(token), this.encode))
      },
      null() {
        this.raw(
          open
            .reverse()
            .map((name) => `</${name}>`)
            .join(''),
        )
      },
    },
  }
}

function pass(open: string[], html: string, encode: Encode): string {
  let end = 0
  let text = ''
  for (const found of html.matchAll(PIECES)) {
    text += between(html.slice(end, found.index), encode) + passTag(open, found, encode)
    end = found.index + found[0].length
  }
  return text + between(html.slice(end), encode)
}

/** In HTML an entity is what it stands for. */
const between = (text: string, encode: Encode): string =>
  encode(text).replace(/&amp;(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{1,10});/gi, '&$1;')

function passTag(open: string[], found: RegExpMatchArray, encode: Encode): string {
  const [whole, slash, written = '', isOpen] = found
  if (whole.startsWith('<!--')) return ''
  const name = written.toLowerCase()
  if (!ALLOWED.has(name)) return encode(whole)
  if (name === 'br') return '<br>'
  if (slash === '') {
    open.push(name)
    return name === 'details' && isOpen !== undefined ? '<details open>' : `<${name}>`
  }
  if (open.at(-1) !== name) return ''
  open.pop()
  return `</${name}>`
}
