import { Lexer } from 'yaml'

/**
 * More than a plan or a settings file needs. The parser's time, and the stack it takes, grow with the square of some of
 * these, so the tokens are counted before anything is parsed. An issue has 65,536 characters at most.
 */
const MOST = { characters: 131_072, nesting: 20, indentation: 200, anchors: 100, aliases: 200 } as const

interface OverBound {
  offset: number
  /** A sentence without its full stop. */
  message: string
}

/** The first place at which a YAML text is over a bound; null if it may be parsed. */
export function overBound(text: string): OverBound | null {
  if (text.length > MOST.characters)
    return over(
      0,
      `The text has ${text.length} characters, and at most ${MOST.characters} are read: split it into several plans`,
    )
  const counts = { brackets: 0, onLine: 0, anchors: 0, aliases: 0 }
  let offset = 0
  let before = '\n'
  for (const token of new Lexer().lex(text)) {
    const message = before === SCALAR ? null : counted(token, before, counts)
    if (message !== null) return over(offset, message)
    before = token
    offset += SIGNS.includes(token) ? 0 : token.length
  }
  return null
}

/** What the lexer puts before a document, after a flow collection and before a text; the text may look like anything. */
const SCALAR = '\u001f'
const SIGNS: readonly string[] = ['\u0002', '\u0018', SCALAR]

type Counts = Record<'brackets' | 'onLine' | 'anchors' | 'aliases', number>

/** Counts a token; the message if it is one too many. */
function counted(token: string, before: string, counts: Counts): string | null {
  switch (token[0]) {
    case '[':
    case '{':
      counts.brackets += 1
      return counts.brackets > MOST.nesting ? NESTED : null
    case ']':
    case '}':
      counts.brackets = Math.max(0, counts.brackets - 1)
      return null
    case '-':
    case '?':
      if (token.length > 1) return null
      counts.onLine += 1
      return counts.onLine > MOST.nesting ? NESTED : null
    case '\n':
    case '\r':
      counts.onLine = 0
      return null
    case ' ':
      return before.endsWith('\n') && token.length > MOST.indentation ? NESTED : null
    case '&':
      counts.anchors += 1
      return counts.anchors > MOST.anchors ? tooMany(MOST.anchors, 'anchors (`&name`)') : null
    case '*':
      counts.aliases += 1
      return counts.aliases > MOST.aliases ? tooMany(MOST.aliases, 'aliases (`*name`)') : null
    default:
      return null
  }
}

const over = (offset: number, message: string): OverBound => ({ offset, message })
const NESTED = `Lists and keys are nested more than ${MOST.nesting} deep here: remove some levels`
const tooMany = (most: number, what: string): string =>
  `There are more than ${most} ${what}: write some of the values out`
