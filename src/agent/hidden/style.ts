type Harmless = (value: string) => boolean

const LENGTHS: readonly (readonly [RegExp, number])[] = [
  [/^(\d{1,4}(?:\.\d{1,4})?)(?:px|pt)$/, 6],
  [/^(\d{1,4}(?:\.\d{1,4})?)r?em$/, 0.5],
  [/^(\d{1,4}(?:\.\d{1,4})?)%$/, 50],
]
const NAMED_SIZE = /^(?:x{0,2}-?(?:small|large)|medium|smaller|larger)$/
const NAMED_COLOUR = /^[a-z]{3,20}$/
const HEX_COLOUR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/
const UNSEEN_COLOUR = /^(?:white|transparent|inherit|currentcolor|snow|ivory|#f+|#[ef]{3}|#(?:[ef][0-9a-f]){3})$/
const BOX =
  /^(?:auto|none|normal|0|-?\d{1,3}(?:\.\d{1,4})?(?:px|pt|em|rem|%)?)(?: (?:auto|0|\d{1,3}(?:px|pt|em|rem|%)?)){0,3}$/
const WORD = /^[a-z-]{1,20}$/

const size: Harmless = (value) =>
  NAMED_SIZE.test(value) ||
  LENGTHS.some(([shape, least]) => {
    const number = shape.exec(value)?.[1]
    return number !== undefined && Number(number) >= least
  })
export const isColour: Harmless = (value) =>
  (NAMED_COLOUR.test(value) || HEX_COLOUR.test(value)) && !UNSEEN_COLOUR.test(value)
const word: Harmless = (value) => WORD.test(value)
const notNegative: Harmless = (value) => BOX.test(value) && !value.includes('-')

/** What people write into a style and can still be read afterwards. Everything else may hide something. */
const HARMLESS: Readonly<Record<string, Harmless>> = {
  color: isColour,
  'font-size': size,
  'font-weight': (value) => /^(?:\d{3}|[a-z]{4,7})$/.test(value),
  'font-style': word,
  'font-family': (value) => /^[a-z, -]{1,60}$/.test(value),
  'text-align': word,
  'text-decoration': word,
  'vertical-align': word,
  'white-space': word,
  margin: notNegative,
  padding: notNegative,
  width: size,
  'max-width': size,
}

/** Whether a style attribute may make its element invisible: whatever is not plainly harmless may. */
export const hides = (style: string): boolean =>
  style
    .toLowerCase()
    .split(';')
    .map((declaration) => declaration.trim())
    .filter((declaration) => declaration !== '')
    .some((declaration) => {
      const colon = declaration.indexOf(':')
      const property = declaration.slice(0, Math.max(colon, 0)).trim()
      const check = Object.hasOwn(HARMLESS, property) ? HARMLESS[property] : undefined
      return check === undefined || !check(declaration.slice(colon + 1).trim())
    })
