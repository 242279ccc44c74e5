import { type Refused, refused } from './walk.ts'

/**
 * The text with `old`, which must stand in it exactly once, replaced. A file whose lines all end in CR LF is spoken of by
 * readers as if they ended in LF, and keeps its endings.
 */
export function replaceOnce(text: string, old: string, by: string): { ok: true; text: string } | Refused {
  if (old === '') return refused('not-found', 'it is empty')
  const ends = endingsOf(text)
  const wanted = ends(old)
  const at = text.indexOf(wanted)
  if (at === -1) return refused('not-found')
  const count = countOf(text, wanted)
  if (count > 1) return refused('not-unique', `${count} times`)
  return { ok: true, text: text.slice(0, at) + ends(by) + text.slice(at + wanted.length) }
}

function endingsOf(text: string): (part: string) => string {
  const windows = text.includes('\r\n') && !/(?:^|[^\r])\n/.test(text)
  return windows ? (part) => part.replace(/\r?\n/g, '\r\n') : (part) => part
}

/** Places where it starts: those that overlap are places of their own. */
function countOf(text: string, part: string): number {
  let count = 0
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) count += 1
  return count
}
