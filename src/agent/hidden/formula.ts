import type { Cut, Placed } from './cut.ts'
import { isColour } from './style.ts'

/**
 * Macros of TeX that show nothing of what they are given, show it where or so small that nobody reads it, or make others
 * that do. Those that are words of other trades too count only before what they need.
 */
const HIDES = new RegExp(
  [
    String.raw`\\(?:[hv]?phantom|tiny|f?colorbox|definecolor|(?:math)?[rlc]lap|smash|raisebox|cssId|bbox|[exg]?def|mathtip|texttip|mathchoice|mmlToken)(?![A-Za-z])`,
    String.raw`\\(?:style|class|html[A-Z]\w*|data|label|toggle|unicode|require|(?:re|provide)?newcommand|(?:re)?newenvironment|DeclareMathOperator)\*?[ \t]*\{`,
    String.raw`\\(?:let|(?:re|provide)?newcommand)[ \t]*\\`,
    String.raw`\\(?:raise|lower|moveleft|moveright)[ \t]*[-.\d]`,
    String.raw`\\(?:[hmv]space|hskip|mskip|m?kern)\*?[ \t]*\{?[ \t]*-`,
    String.raw`\\(?:text)?color(?![A-Za-z])(?:[ \t]*\{([^{}\n]{0,40})\})?`,
  ].join('|'),
  'g',
)
/** Outside of a formula it is the sign for hundredths; in one, all behind it on its line is a comment. */
const COMMENT = /(?<=(?<!\\)(?:\\\\)*)%[^\n]*/g
const INLINE = /(?<![\\$\w])\$(?=[^\s$])[^$\n]*[^\s$\\]\$(?![\d$])/g

/** Formulas of which a part is hidden: all of such a formula goes, and of a block what follows. */
export function formulaCuts(text: string, lines: readonly Placed[]): Cut[] {
  return runsOf(lines).flatMap(({ role, from, to }) => {
    const run = text.slice(from, to)
    const cuts = role === 'formula' ? inBlock(run) : role === 'words' || role === 'html' ? inWords(run) : []
    return cuts.map((cut) => ({ from: from + cut.from, to: from + cut.to, kind: 'hidden-formula' as const }))
  })
}

/** Lines that follow each other and are of one sort: a block of code, a paragraph. */
function runsOf(lines: readonly Placed[]): (Range & Pick<Placed, 'role'>)[] {
  const runs: (Range & Pick<Placed, 'role'>)[] = []
  for (const { role, start, end } of lines) {
    const open = runs.at(-1)
    if (open?.role === role) runs.splice(-1, 1, { ...open, to: end })
    else runs.push({ role, from: start, to: end })
  }
  return runs
}

type Range = Pick<Cut, 'from' | 'to'>

/** The first line is the fence's own. */
function inBlock(run: string): Range[] {
  const begin = run.indexOf('\n')
  const hiding = hidingIn(run).find((at) => at > begin)
  return begin === -1
    ? []
    : [...comments(run, begin), ...(hiding === undefined ? [] : [{ from: hiding, to: run.length }])]
}

/** A formula may hold words with formulas of their own: the cut goes on to the last sign that could end it. */
function inWords(run: string): Range[] {
  const last = run.lastIndexOf('$')
  if (last === -1) return []
  const opening = run.indexOf('$')
  const [hiding] = hidingIn(run).filter((at) => at > opening && at < last)
  const all = hiding === undefined ? [] : [{ from: openingOf(run, hiding), to: last + 1 }]
  const displayed = run.indexOf('$$')
  const asides = displayed === -1 ? [] : comments(run.slice(0, last), displayed)
  return [...all, ...asides, ...[...run.matchAll(INLINE)].flatMap((found) => aside(found[0], found.index))]
}

function openingOf(run: string, at: number): number {
  const sign = run.lastIndexOf('$', at)
  return run[sign - 1] === '$' ? sign - 1 : sign
}

const aside = (formula: string, at: number): Range[] =>
  comments(formula.slice(0, -1), 0).map(({ from, to }) => ({ from: at + from, to: at + to }))

const comments = (run: string, begin: number): Range[] =>
  [...run.matchAll(COMMENT)]
    .map(({ 0: whole, index }) => ({ from: index, to: index + whole.length }))
    .filter(({ from, to }) => from > begin && to > from + 1)

const hidingIn = (run: string): number[] =>
  [...run.matchAll(HIDES)]
    .filter(
      ({ 1: colour, 0: whole }) => !/^\\(?:text)?color/.test(whole) || !isColour((colour ?? '').trim().toLowerCase()),
    )
    .map(({ index }) => index)
