/** GitHub shows the summary alone until somebody opens it; the blank lines make Markdown of what is inside. */
export const folded = (summary: string, lines: readonly string[]): string[] => [
  `<details><summary>${summary}</summary>`,
  '',
  ...lines,
  '',
  '</details>',
]
