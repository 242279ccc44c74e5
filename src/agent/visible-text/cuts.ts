import { type LineRole, nextRole, noBlocks } from './blocks.ts'
import { isVisibleColour } from './html-tags.ts'
import { languageOf, lineAt, type SourceLine } from './lines.ts'
import type { RemovedKind } from './removed.ts'

interface Range {
  readonly from: number
  readonly to: number
}

/** A part of the text that no page shows, whatever is in it. */
export interface Cut extends Range {
  readonly kind: RemovedKind
}

/** `formula`: a line of a `math` block. */
interface PlacedLine extends SourceLine {
  readonly role: LineRole | 'formula'
}

/** What tables and formulas do not show, in order and without overlaps. */
export function cutsIn(text: string): Cut[] {
  if (!/[|$]|math/i.test(text)) return []
  const lines = placedLines(text)
  const cuts = [...tableCuts(text, lines), ...formulaCuts(text, lines)].sort((a, b) => a.from - b.from)
  let reached = 0
  return cuts.flatMap((cut) => {
    const from = Math.max(cut.from, reached)
    reached = Math.max(reached, cut.to)
    return from < cut.to ? [{ ...cut, from }] : []
  })
}

function placedLines(text: string): PlacedLine[] {
  const blocks = noBlocks()
  const lines: PlacedLine[] = []
  for (let at = 0; at < text.length; at = (lines.at(-1)?.end ?? at) + 1) {
    const line = lineAt(text, at)
    const role = nextRole(blocks, text, line)
    const isFormula = role === 'code' && blocks.fence !== null && languageOf(blocks.fence).toLowerCase() === 'math'
    lines.push({ ...line, role: isFormula ? 'formula' : role })
  }
  return lines
}

const isText = ({ role, blank }: PlacedLine): boolean => !blank && (role === 'text' || role === 'html')

/** The line under a table's head. Without a bar or a colon it underlines a heading. */
const DELIMITERS = /^(?=.*[|:])\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/
const ROW_START = /^[ \t>]*/

/**
 * Cells of a row for which the table has no column: GitHub drops them. Something may have been removed from a head that
 * has too few cells. Rows go on until a blank line or code; if another block begins sooner, too much is cut, not too
 * little.
 */
function tableCuts(text: string, lines: readonly PlacedLine[]): Cut[] {
  const cuts: Cut[] = []
  let columns = 0
  lines.forEach((line, index) => {
    if (!isText(line)) columns = 0
    else if (columns > 0) cuts.push(...excessCells(text, line, columns))
    const head = lines[index - 1]
    const own = isText(line) ? delimitersOf(text, line) : 0
    if (own > 0 && head !== undefined && isText(head) && cellsOf(text, head).count <= own) columns = own
  })
  return cuts
}

function delimitersOf(text: string, line: SourceLine): number {
  const rows = [text.slice(line.body, line.end), text.slice(line.start, line.end).replace(ROW_START, '')]
  return rows.some((row) => DELIMITERS.test(row)) ? cellsOf(text, line).count : 0
}

/** Where the cells of a row end, and how many there are. A bar in code ends a cell as well. */
function cellsOf(text: string, line: SourceLine): { ends: number[]; count: number } {
  const row = text.slice(line.start, line.end)
  const begin = ROW_START.exec(row)?.[0].length ?? 0
  const ends: number[] = []
  for (let at = row[begin] === '|' ? begin + 1 : begin; at < row.length; at += 1)
    if (row[at] === '\\') at += 1
    else if (row[at] === '|') ends.push(line.start + at)
  const rest = text.slice((ends.at(-1) ?? line.start + begin - 1) + 1, line.end)
  return { ends, count: ends.length + (rest.trim() === '' ? 0 : 1) }
}

function excessCells(text: string, line: SourceLine, columns: number): Cut[] {
  const bar = cellsOf(text, line).ends[columns - 1]
  if (bar === undefined || text.slice(bar + 1, line.end).trim() === '') return []
  return [{ from: bar + 1, to: line.end, kind: 'excess-cell' }]
}

/**
 * TeX macros that hide their argument, move it away, make it too small to read, or define macros that could. Those that
 * are also words of other languages count only before the argument they need.
 */
const HIDING_MACRO = new RegExp(
  [
    String.raw`\\(?:[hv]?phantom|tiny|f?colorbox|definecolor|(?:math)?[rlc]lap|smash|raisebox|cssId|bbox|[exg]?def|mathtip|texttip|mathchoice|mmlToken)(?![A-Za-z])`,
    String.raw`\\(?:style|class|html[A-Z]\w*|data|label|toggle|unicode|require|(?:re|provide)?newcommand|(?:re)?newenvironment|DeclareMathOperator)\*?[ \t]*\{`,
    String.raw`\\(?:let|(?:re|provide)?newcommand)[ \t]*\\`,
    String.raw`\\(?:raise|lower|moveleft|moveright)[ \t]*[-.\d]`,
    String.raw`\\(?:[hmv]space|hskip|mskip|m?kern)\*?[ \t]*\{?[ \t]*-`,
    String.raw`\\(?:text)?(?<color>color)(?![A-Za-z])(?:[ \t]*\{(?<value>[^{}\n]{0,40})\})?`,
  ].join('|'),
  'g',
)
/** In a formula, `%` begins a comment that ends with the line. */
const COMMENT = /(?<=(?<!\\)(?:\\\\)*)%[^\n]*/g
const INLINE = /(?<![\\$\w])\$(?=[^\s$])[^$\n]*[^\s$\\]\$(?![\d$])/g

/** Formulas of which a part is hidden: the whole formula is cut, or the rest of the block. */
function formulaCuts(text: string, lines: readonly PlacedLine[]): Cut[] {
  return runsOf(lines).flatMap(({ role, from, to }) => {
    const run = text.slice(from, to)
    const cuts = role === 'formula' ? cutsInBlock(run) : role === 'text' || role === 'html' ? cutsInText(run) : []
    return cuts.map((cut) => ({ from: from + cut.from, to: from + cut.to, kind: 'hidden-formula' as const }))
  })
}

/** Consecutive lines of one role. */
function runsOf(lines: readonly PlacedLine[]): (Range & Pick<PlacedLine, 'role'>)[] {
  const runs: { role: PlacedLine['role']; from: number; to: number }[] = []
  for (const { role, start, end } of lines) {
    const open = runs.at(-1)
    if (open?.role === role) open.to = end
    else runs.push({ role, from: start, to: end })
  }
  return runs
}

/** The first line is the fence's own. */
function cutsInBlock(run: string): Range[] {
  const begin = run.indexOf('\n')
  if (begin === -1) return []
  const hiding = hidingMacros(run).find((at) => at > begin)
  return [...commentsIn(run, begin), ...(hiding === undefined ? [] : [{ from: hiding, to: run.length }])]
}

/** A formula may contain text with formulas of its own, so the cut ends at the last sign that could end it. */
function cutsInText(run: string): Range[] {
  const first = run.indexOf('$')
  const last = run.lastIndexOf('$')
  const hiding = hidingMacros(run).find((at) => at > first && at < last)
  const whole = hiding === undefined ? [] : [{ from: openingOf(run, hiding), to: last + 1 }]
  const displayed = run.indexOf('$$')
  const comments = displayed === -1 ? [] : commentsIn(run.slice(0, last), displayed)
  const inline = [...run.matchAll(INLINE)].flatMap(({ 0: formula, index }) =>
    commentsIn(formula.slice(0, -1), 0).map(({ from, to }) => ({ from: index + from, to: index + to })),
  )
  return [...whole, ...comments, ...inline]
}

function openingOf(run: string, at: number): number {
  const sign = run.lastIndexOf('$', at)
  return run[sign - 1] === '$' ? sign - 1 : sign
}

const commentsIn = (run: string, begin: number): Range[] =>
  [...run.matchAll(COMMENT)]
    .map(({ 0: whole, index }) => ({ from: index, to: index + whole.length }))
    .filter(({ from, to }) => from > begin && to > from + 1)

const hidingMacros = (run: string): number[] =>
  [...run.matchAll(HIDING_MACRO)]
    .filter(({ groups }) => !(groups?.color && isVisibleColour((groups.value ?? '').trim().toLowerCase())))
    .map(({ index }) => index)
