export type Part =
  | { kind: 'code'; text: string; language: string }
  | { kind: 'item'; text: string; bullet: string; depth: number }
  | { kind: 'heading' | 'line'; text: string }
  | { kind: 'blank' }

const FENCE = /^\s{0,12}(`{3,}|~{3,})([^`]*)$/
/** A longer number would push what stands below it out of its list. */
const ITEM = /^(\s*)(?:[-*+]|(\d{1,2})[.)])\s+(?=\S)(.*)$/
const HEADING = /^\s{0,3}#{1,6}\s+(?=\S)(.*)$/
/** Nobody reads what is indented deeper. */
const DEEPEST = 3

/** The lines of a text by what they are; a block of code that nobody closed ends with the text. */
export function partsOf(text: string): Part[] {
  const lines = text.split('\n')
  const parts: Part[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const [, fenced, info = ''] = FENCE.exec(line) ?? []
    if (fenced === undefined) {
      parts.push(partOf(line))
      continue
    }
    const end = closedAt(lines, at + 1, fenced)
    parts.push({ kind: 'code', text: lines.slice(at + 1, end).join('\n'), language: languageOf(info) })
    at = end
  }
  return parts
}

function closedAt(lines: readonly string[], from: number, fenced: string): number {
  const end = lines.findIndex((line, at) => at >= from && closes(line.trim(), fenced))
  return end === -1 ? lines.length : end
}

const closes = (line: string, fenced: string): boolean =>
  line.length >= fenced.length && line === (fenced[0] ?? '').repeat(line.length)

function partOf(line: string): Part {
  if (line.trim() === '') return { kind: 'blank' }
  const [, indent = '', number, item] = ITEM.exec(line) ?? []
  if (item !== undefined) {
    const bullet = number === undefined ? '-' : `${Number(number)}.`
    return { kind: 'item', text: item, bullet, depth: Math.min(DEEPEST, Math.floor(indent.length / 2)) }
  }
  const heading = HEADING.exec(line)?.[1]
  return heading === undefined ? { kind: 'line', text: line } : { kind: 'heading', text: heading }
}

/** Blocks of other kinds GitHub draws, with the links and pictures that are in them. */
const LANGUAGES =
  /^(?:bash|c|cpp|cs|css|diff|go|html|ini|java|javascript|js|json|jsx|kotlin|lua|php|py|python|rb|ruby|rs|rust|scss|sh|sql|swift|toml|ts|tsx|typescript|xml|yaml|yml)$/

function languageOf(info: string): string {
  const [word = ''] = info.trim().toLowerCase().split(/\s/)
  return LANGUAGES.test(word) ? word : 'text'
}
