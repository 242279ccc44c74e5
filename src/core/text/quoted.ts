const LONGEST = 60

/** Untrusted text inside a sentence: as Markdown code, on one line, and cut to 60 characters. */
export function quoted(text: string): string {
  const tame = text.replace(/[`\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()
  const points = [...(tame === '' ? '""' : tame)]
  return `\`${points.length > LONGEST ? `${points.slice(0, LONGEST - 1).join('')}…` : points.join('')}\``
}

/** `a`, `b` and `c` */
export function listed(texts: readonly string[], last = 'and'): string {
  const all = texts.map(quoted)
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} ${last} ${all.at(-1)}`
}
