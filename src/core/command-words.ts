/** What stands on a command's line, before anybody knows what it means. */
export interface Said {
  word: string
  positional: string[]
  /** Values by the option's name; an option may be given more than once, and its value may be missing. */
  options: Map<string, (string | null)[]>
  /** Everything after the word, for the command that reads it as it is. */
  line: string
  /** What comes after ` -- `; null where there is no ` -- `. */
  data: string | null
}

const SEPARATOR = /\s--(?:\s|$)/
const TOKEN = /(?:"[^"]*"|'[^']*'|`[^`]*`|\S)+/g
/** One hyphen is forgiven. */
const OPTION = /^--?\p{L}/u
const QUOTED = /(["'`])(.*?)\1/g

/** Splits a command's line; quotes hold words together, and a comma at the end of an option's value goes on with the next. */
export function readWords(text: string): Said {
  const [, word = '', line = ''] = /^\s*\/(\S*)\s*(.*)$/s.exec(text) ?? []
  const separator = SEPARATOR.exec(` ${line}`)
  const head = separator === null ? line : ` ${line}`.slice(0, separator.index)
  const data = separator === null ? null : ` ${line}`.slice(separator.index + separator[0].length).trim()
  const tokens = (head.match(TOKEN) ?? []).map((token) => token.replace(QUOTED, '$2'))
  return { word, line: line.trim(), data, ...sorted(tokens) }
}

function sorted(tokens: readonly string[]): Pick<Said, 'positional' | 'options'> {
  const positional: string[] = []
  const options = new Map<string, (string | null)[]>()
  const rest = [...tokens]
  for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
    if (!OPTION.test(token)) {
      positional.push(token)
      continue
    }
    const [, name = '', given] = /^--?([^=]*)(?:=(.*))?$/s.exec(token) ?? []
    const value = given ?? takeValue(rest)
    options.set(name.toLowerCase(), [
      ...(options.get(name.toLowerCase()) ?? []),
      value === null ? null : goOn(value, rest),
    ])
  }
  return { positional, options }
}

const takeValue = (rest: string[]): string | null =>
  rest[0] === undefined || OPTION.test(rest[0]) ? null : (rest.shift() ?? null)

/** `t1, t2` and `t1 ,t2` are one list. */
function goOn(value: string, rest: string[]): string {
  let list = value
  while (rest[0] !== undefined && !OPTION.test(rest[0]) && (list.endsWith(',') || rest[0].startsWith(','))) {
    list += rest.shift() ?? ''
  }
  return list
}
