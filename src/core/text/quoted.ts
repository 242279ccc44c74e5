const LONGEST = 60

/** Somebody's own text inside a sentence of ours: code to Markdown, on one line, and short. */
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
