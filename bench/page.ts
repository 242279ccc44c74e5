import { spawnSync } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import type { Figure } from './benchmark.ts'
import { HEAD, rowOf } from './table.ts'

const BEGIN = '<!-- figures -->'
const END = '<!-- /figures -->'

/** The documentation with these figures in the place of those that it had. Throws where it has no place for them. */
export function withFigures(page: string, figures: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (begin === -1 || end < begin) throw new Error(`the page has no ${BEGIN} with ${END} behind it`)
  return `${page.slice(0, begin + BEGIN.length)}\n${figures}\n${page.slice(end)}`
}

/** Which machine this is, and how busy it is before anything is measured. */
export function machineNow(): string {
  const [one] = cpus()
  const git = spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout.trim().replace('git version', 'git')
  const load = (loadavg()[0] ?? 0).toFixed(1)
  return `${cpus().length} cores (${one?.model.trim() ?? 'unknown'}), Node ${process.versions.node}, ${git}, load ${load} at the beginning`
}

/** All of it in Markdown: when, where and by what it was measured, the figures, and the tables behind them. */
export function figuresInMarkdown(
  figures: readonly Figure[],
  tables: readonly string[],
  { machine, minutes }: { machine: string; minutes: number },
): string {
  const day = new Date().toISOString().slice(0, 10)
  const head = `Measured on ${day} with \`npm run bench\`, which took ${Math.round(minutes)} minutes, on ${machine}.`
  return [head, tableOf(figures), ...tables].join('\n\n')
}

function tableOf(figures: readonly Figure[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(HEAD), line(HEAD.map(() => '---')), ...figures.map((figure) => line(rowOf(figure)))].join('\n')
}
