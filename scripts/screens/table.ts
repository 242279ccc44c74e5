/** How much of a page a text takes. */
export interface Size {
  words: number
  /** Its height at each width. */
  heights: readonly number[]
}

/** What the table in docs/decisions/first-screen.md calls the screens that it lists. */
export const ROWS: Readonly<Record<string, string>> = {
  'Plan, before the approval': 'plan',
  'Plan, after the end': 'plan-ended',
  'Status, with a failed task': 'status',
  'Worker pull request, for review': 'worker-verified',
  'Worker pull request, failed': 'worker-failed',
  'Worker pull request, which lands by itself': 'worker-by-itself',
  'Final pull request': 'final',
}

/** A row of the table: `| Final pull request | 4 | 365 → 301 | 1,293 → 1,337 | 2,217 → 1,630 |`. */
export interface SizeRow {
  screen: string
  tasks: number
  size: Size
}

export const sizeRows = (page: string): SizeRow[] => page.split('\n').flatMap((line) => readRow(line) ?? [])

/** The page with other sizes in its table; what stands before an arrow was measured once, and stays. */
export const withSizes = (page: string, sizeOf: (screen: string, tasks: number) => Size): string =>
  page
    .split('\n')
    .map((line) => {
      const row = readRow(line)
      return row === null ? line : written(line, sizeOf(row.screen, row.tasks))
    })
    .join('\n')

const cellsOf = (line: string): string[] => line.split('|').map((cell) => cell.trim())

function readRow(line: string): SizeRow | null {
  const [, label = '', tasks, ...cells] = cellsOf(line)
  const screen = Object.hasOwn(ROWS, label) ? ROWS[label] : undefined
  if (screen === undefined) return null
  const [words = 0, ...heights] = cells.slice(0, 3).map(newest)
  return { screen, tasks: Number(tasks), size: { words, heights } }
}

const newest = (cell: string): number => Number(cell.split('→').at(-1)?.replaceAll(',', ''))

function written(line: string, { words, heights }: Size): string {
  const [, label = '', tasks = '', ...cells] = cellsOf(line)
  const now = [words, ...heights].map((size, at) => {
    const before = cells[at]?.includes('→') ? `${cells[at]?.split('→')[0]?.trim()} → ` : ''
    return `${before}${size.toLocaleString('en-US')}`
  })
  return `| ${[label, tasks, ...now].join(' | ')} |`
}
