import { type Figure, verdictOf } from './benchmark.ts'

export const HEAD = ['', 'figure', 'value', 'target', 'verdict', 'from']

/** One table of all figures, in columns. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(rowOf)]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '))
  return lines.join('\n')
}

/** The cells of a figure, as people read them. */
export const rowOf = (figure: Figure): string[] => {
  const { benchmark, figure: name, value, unit, target, basis } = figure
  const wanted =
    target === null ? '' : `${target.at === 'most' ? '≤' : '≥'} ${target.value}${unit === '' ? '' : ` ${unit}`}`
  return [benchmark, name, `${short(value)}${unit === '' ? '' : ` ${unit}`}`, wanted, verdictOf(figure), basis]
}

const short = (value: number): string => {
  if (Number.isInteger(value)) return `${value}`
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 3)
}
