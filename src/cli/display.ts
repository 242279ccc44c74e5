import { bounded } from '../render/markdown/escape.ts'
import type { Terminal } from './subcommand.ts'

/** Permanent lines and, in a terminal, a status line below them that is rewritten. */
export interface Display {
  columns: number
  colour: Colour
  /** Since the beginning. */
  seconds(): number
  line(text: string): void
  /** Sets the status line; drawn only in a terminal. */
  status(text: string): void
  /** Redraws the status line with the elapsed time. */
  tick(): void
  /** Removes the status line. */
  clear(): void
}

const UNKNOWN_COLUMNS = 80
const [FEWEST, MOST] = [40, 120]
const FRAMES = ['|', '/', '-', '\\']
const ERASE = '\r\u001b[2K'

/** One column stays free: a terminal may wrap a line that fills it. */
export const screenWidth = (screen: Pick<NonNullable<Terminal['screen']>, 'columns'>): number =>
  Math.min(MOST, Math.max(FEWEST, screen.columns() - 1))

export function createDisplay(terminal: Terminal, seconds: () => number): Display {
  const { screen, env } = terminal
  const drawn = screen !== undefined && env.TERM !== 'dumb'
  const columns = screen === undefined ? UNKNOWN_COLUMNS : screenWidth(screen)
  let shown: string | null = null
  let frame = 0
  const draw = () => {
    if (!drawn || shown === null) return
    const width = Math.max(1, screen.columns() - 1)
    const text = `${FRAMES[frame % FRAMES.length]} ${Math.floor(seconds())} s  ${shown}`
    screen.write(`${ERASE}${cutToWidth(text, width)}`)
  }
  const erase = () => {
    if (drawn && shown !== null) screen.write(ERASE)
  }
  return {
    columns,
    colour: colour(wantsColour(env, screen !== undefined)),
    seconds,
    line: (text) => {
      erase()
      terminal.out(text)
      draw()
    },
    status: (text) => {
      shown = text
      draw()
    },
    tick: () => {
      frame += 1
      draw()
    },
    clear: () => {
      erase()
      shown = null
    },
  }
}

/** Cuts a line to at most so many columns, with an ellipsis. */
export function cutToWidth(text: string, columns: number): string {
  const points = [...text.replace(/\s+$/, '')]
  return points.length <= columns
    ? points.join('')
    : `${points
        .slice(0, columns - 1)
        .join('')
        .trimEnd()}…`
}

/** Wraps a text between words; a word longer than a line, such as a path, stays whole. */
export function wrapped(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined) lines.push(word)
    else if (last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(`${indent}${word}`)
  }
  return lines
}

/** Wraps lines of help; what an option means stays in its column. */
export const wrappedHelp = (lines: readonly string[], columns: number): string[] =>
  lines.flatMap((line) => wrapped(line, columns, ' '.repeat(/^ +\S.*? {2,}|^ */.exec(line)?.[0].length ?? 0)))

const [TIME, NAME] = [8, 10]
const MARGIN = TIME + NAME + 3
/** Characters of a line: texts of people and models can be long. */
const LONGEST = 160

/** Prints what happened, with the time since the beginning and who did it; `mark` colours the latter. */
export function printTimed(
  { line, columns, colour, seconds }: Display,
  who: string,
  what: string,
  mark: (text: string) => string,
): void {
  const time = `${seconds().toFixed(1)} s`.padStart(TIME)
  const [first = '', ...more] = wrapped(bounded(what, LONGEST), columns - MARGIN)
  line(`${colour.dim(time)}  ${mark(who.padEnd(NAME))} ${first}`)
  for (const rest of more) line(`${' '.repeat(MARGIN)}${rest}`)
}

/** Colours parts of a line for a terminal; returns the text unchanged without colour. */
type Colour = Readonly<Record<keyof typeof CODES, (text: string) => string>>

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const

type Environment = Readonly<Record<string, string | undefined>>

/** https://no-color.org, then https://force-color.org, then whether the output is a terminal. */
export function wantsColour({ NO_COLOR = '', FORCE_COLOR = '', TERM = '' }: Environment, isTerminal: boolean): boolean {
  if (NO_COLOR !== '') return false
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isTerminal && TERM !== 'dumb'
}

export function colour(isOn: boolean): Colour {
  const mark = (name: keyof typeof CODES) => {
    const [on, off] = CODES[name]
    return (text: string) => (isOn && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text)
  }
  return {
    bold: mark('bold'),
    dim: mark('dim'),
    red: mark('red'),
    green: mark('green'),
    yellow: mark('yellow'),
    cyan: mark('cyan'),
  }
}
