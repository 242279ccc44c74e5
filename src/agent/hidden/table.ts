import type { Cut, Placed } from './cut.ts'

/** The line under a table's head; without a bar or a colon it underlines a heading. */
const DELIMITERS = /^(?=.*[|:])\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/
const OUTER = /^[ \t>]*/

/**
 * Cells of a row for which the table has no column: GitHub drops them. Of a head that has too few cells something may
 * have been taken out. A row goes on being one until a blank line or code: where something else begins sooner, too much
 * is cut, never too little.
 */
export function tableCuts(text: string, lines: readonly Placed[]): Cut[] {
  const cuts: Cut[] = []
  let columns = 0
  lines.forEach((line, index) => {
    if (!isText(line)) columns = 0
    else if (columns > 0) cuts.push(...excess(text, line, columns))
    const head = lines[index - 1]
    const own = isText(line) ? delimitersOf(text, line) : 0
    if (own > 0 && head !== undefined && isText(head) && barsIn(text, head).cells <= own) columns = own
  })
  return cuts
}

const isText = ({ role, blank }: Placed): boolean => !blank && (role === 'words' || role === 'html')

function delimitersOf(text: string, line: Placed): number {
  const row = [text.slice(line.body, line.end), text.slice(line.start, line.end).replace(OUTER, '')]
  return row.some((words) => DELIMITERS.test(words)) ? barsIn(text, line).cells : 0
}

/** Where the cells of a row end, and how many there are. A bar in code ends a cell as well. */
function barsIn(text: string, line: Placed): { bars: number[]; cells: number } {
  const row = text.slice(line.start, line.end)
  const begin = OUTER.exec(row)?.[0].length ?? 0
  const bars: number[] = []
  for (let at = row[begin] === '|' ? begin + 1 : begin; at < row.length; at += 1)
    if (row[at] === '\\') at += 1
    else if (row[at] === '|') bars.push(line.start + at)
  const rest = text.slice((bars.at(-1) ?? line.start + begin - 1) + 1, line.end)
  return { bars, cells: bars.length + (rest.trim() === '' ? 0 : 1) }
}

function excess(text: string, line: Placed, columns: number): Cut[] {
  const bar = barsIn(text, line).bars[columns - 1]
  if (bar === undefined || text.slice(bar + 1, line.end).trim() === '') return []
  return [{ from: bar + 1, to: line.end, kind: 'excess-cell' }]
}
