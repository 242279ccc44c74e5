/** GitHub's limits, at or a little below the real ones, in bytes: a text never has fewer bytes than characters. */
export const LIMITS = { comment: 65_000, check: 65_535, pull: 65_536, summary: 1_000_000, mermaid: 50_000 } as const

export const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8')

/** The first rendering of at most `limit` bytes. Each is shorter than the one before; throws if not even the last fits. */
export function fitted(limit: number, renderings: readonly (() => readonly string[])[]): string {
  for (const render of renderings) {
    const text = render().join('\n')
    if (byteLength(text) <= limit) return text
  }
  throw new Error(`no rendering fits into ${limit} bytes`)
}

/** As many lines as fit into `limit` bytes; if some do not, `rest` makes a line with their number. */
export function firstOf(lines: readonly string[], limit: number, rest: (left: number) => string): string[] {
  const kept: string[] = []
  let used = 0
  for (const line of lines) {
    used += byteLength(line) + 1
    if (used > limit) return [...kept, rest(lines.length - kept.length)]
    kept.push(line)
  }
  return kept
}

/** The first and last lines of a log, with the number of lines left out. Very long lines are shortened. `limit`: bytes. */
export function headAndTail(log: string, limit: number): string {
  if (byteLength(log) <= limit) return log
  const lines = log.split('\n').map(shortened)
  const head = take(lines, limit / 3)
  const tail = take(lines.slice(head.length).reverse(), (limit * 2) / 3 - 60).reverse()
  const left = lines.length - head.length - tail.length
  const gap = left === 0 ? [] : [`[… ${left} ${left === 1 ? 'line' : 'lines'} left out …]`]
  return [...head, ...gap, ...tail].join('\n')
}

/** The end of a log, where a program says how it ended, with the number of lines left out. `limit`: bytes. */
export function tail(log: string, limit: number): string {
  if (byteLength(log) <= limit) return log
  const lines = log.split('\n').map(shortened)
  const kept = take(lines.toReversed(), limit - 60).toReversed()
  const left = lines.length - kept.length
  return left === 0 ? kept.join('\n') : [`[… ${left} ${left === 1 ? 'line' : 'lines'} left out …]`, ...kept].join('\n')
}

const LINE = 2_000
const shortened = (line: string): string => (line.length <= LINE ? line : `${line.slice(0, LINE)} […]`)

function take(lines: readonly string[], limit: number): string[] {
  let used = 0
  const end = lines.findIndex((line) => {
    used += byteLength(line) + 1
    return used > limit
  })
  return lines.slice(0, end === -1 ? lines.length : end)
}
