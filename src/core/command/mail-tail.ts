/** The line above a signature, by RFC 3676: with the blank at its end, which a person does not type. */
const SIGNATURE = '-- '
const QUOTE = /^\s*(?:>|$)/
const ADDRESS = /[^\s@]@[^\s@]+\.[^\s@]/

/**
 * The text without what a mail program adds to a reply: the signature, and at the end the mail that is answered, under a
 * line such as `On Monday, Jane <jane@example.org> wrote:`. Without that line a quote counts as the person's words.
 */
export function withoutMailTail(text: string): string {
  const lines = text.split('\n')
  const signature = lines.indexOf(SIGNATURE)
  const own = signature === -1 ? lines : lines.slice(0, signature)
  const last = own.findLastIndex((line) => !QUOTE.test(line))
  if (last === own.length - 1 || last < 0 || !own.slice(last).some((line) => line.trimStart().startsWith('>')))
    return joined(own)
  const from = introductionAt(own, last)
  return from === null ? joined(own) : joined(own.slice(0, Math.max(0, from)))
}

/** Where the line above the quoted mail begins, which mail programs break before or after the address; null: it is not there. */
function introductionAt(lines: readonly string[], last: number): number | null {
  const [above = '', line = ''] = [lines[last - 1], lines[last]]
  if (!line.trimEnd().endsWith(':')) return null
  if (ADDRESS.test(line)) return line.trimStart().startsWith('<') ? last - 1 : last
  return ADDRESS.test(above) ? last - 1 : null
}

const joined = (lines: readonly string[]): string => lines.join('\n').trimEnd()
