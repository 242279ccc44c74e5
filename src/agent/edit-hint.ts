import { linesOf } from './view.ts'

/** What to do where `old` is not in the file: mostly it differs by white space only, or its start is right. */
export function nearestHint(text: string, old: string): string {
  if (text.includes('\r\n') && text.replaceAll('\r\n', '\n').includes(old))
    return '`old` does not stand in the file as it is: the lines of this file end in CR LF, those of `old` in LF. Write \\r\\n in `old` and `new`, or take a piece inside one line'
  const lines = linesOf(text)
  const wanted = linesOf(old)
  const at = startOf(lines, wanted)
  if (at >= 0) {
    const there = lines.slice(at, at + wanted.length).join('\n')
    return `\`old\` does not stand in the file, but lines ${at + 1}-${at + wanted.length} differ from it in white space only. They are:\n${there}`
  }
  const first = wanted.find((line) => line.trim() !== '') ?? ''
  const near = lines.findIndex((line) => bare(line) === bare(first))
  return near < 0
    ? '`old` does not stand in the file, nor does its first line; view the file first'
    : `\`old\` does not stand in the file. Its first line is line ${near + 1}, what follows differs; view the lines from there`
}

/** What to do where `old` is in the file more than once. */
export function countHint(text: string, old: string): string {
  const places: number[] = []
  for (let at = text.indexOf(old); at >= 0; at = text.indexOf(old, at + 1)) places.push(at)
  const lines = places.slice(0, PLACES_SHOWN).map((at) => text.slice(0, at).split('\n').length)
  const more = places.length > PLACES_SHOWN ? ' and more' : ''
  return `\`old\` stands in the file ${places.length} times (line ${lines.join(', ')}${more}); take in more lines around it`
}

const PLACES_SHOWN = 5

const bare = (line: string): string => line.replace(/\s+/g, ' ').trim()

function startOf(lines: readonly string[], wanted: readonly string[]): number {
  if (wanted.every((line) => line.trim() === '')) return -1
  return lines.findIndex((_, at) => wanted.every((line, index) => bare(lines[at + index] ?? '\0') === bare(line)))
}
