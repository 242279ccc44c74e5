import { LONGEST_ANSWER, type ToolAnswer, toolError, toolText } from './tool.ts'

const LONGEST_LINE = 2000
/** Characters for the line above and the note below. */
const FRAME = 1500

/** Numbered lines of a file, from line `from` to line `to` (null: the end), as many as one tool result holds. */
export function viewOf(path: string, text: string, from: number, to: number | null): ToolAnswer {
  if (text === '') return toolText(`${path} is empty`)
  const lines = linesOf(text)
  if (from > lines.length) return toolError(`${path} has ${lines.length} lines only`)
  if (to !== null && to < from) return toolError(`Line ${to} comes before line ${from}`)
  const wanted = lines.slice(from - 1, to ?? undefined)
  const shown = fittingLines(wanted.map((line, index) => `${from + index}\t${shortLine(line, LONGEST_LINE)}`))
  const last = from + shown.length - 1
  const endings = text.includes('\r\n') ? '; they end in CR LF' : ''
  const head = `${path}, lines ${from}-${last} of ${lines.length}${endings}`
  const left = wanted.length - shown.length
  const note = left === 0 ? [] : [`… ${left} more lines did not fit; view them from line ${last + 1}`]
  return toolText([head, ...shown, ...note].join('\n'))
}

/** A line of at most `most` characters; if it is cut, a note says so. */
export function shortLine(line: string, most: number): string {
  const bare = line.replace(/\r$/, '')
  if (bare.length <= most) return bare
  const kept = bare.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')
  return `${kept} … (${bare.length - kept.length} characters of this line left out)`
}

export function linesOf(text: string): string[] {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function fittingLines(lines: readonly string[]): string[] {
  let room = LONGEST_ANSWER - FRAME
  const fitting: string[] = []
  for (const line of lines) {
    room -= line.length + 1
    if (room < 0 && fitting.length > 0) break
    fitting.push(line)
  }
  return fitting
}
