/** GitHub's filter patterns: `*` stops at a slash, `**` does not, `?` and `+` repeat what stands before them. */
function patternOf(glob: string): RegExp {
  const parts = glob.match(/\*\*\/?|\*|\[[^\]]*\]|\\?./gs) ?? []
  const source = parts.map((part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?' || part === '+' || part.startsWith('[')) return part
    return part.replace(/^\\/, '').replace(/[.^$(){}|\\/-]/g, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`)
}

/** The last pattern that matches decides; `!` takes out what an earlier one took in. */
export function matchesFilter(patterns: readonly string[], text: string): boolean {
  return patterns.reduce((taken, pattern) => {
    const out = pattern.startsWith('!')
    return patternOf(out ? pattern.slice(1) : pattern).test(text) ? !out : taken
  }, false)
}
