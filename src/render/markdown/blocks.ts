/** A Markdown table; cells are Markdown already. Nothing where there are no rows. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0 ? [] : [row(header), row(header.map(() => '---')), ...rows.map(row)]

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => (cell === '' ? ' ' : cell)).join(' | ')} |`

/** Sections with a blank line between them; empty ones leave no trace. */
export const sections = (...parts: readonly (readonly string[])[]): string[] =>
  parts.filter((part) => part.length > 0).flatMap((part, index) => (index === 0 ? [...part] : ['', ...part]))

/** GitHub shows the summary alone until somebody opens it; the blank lines make Markdown of what is inside. */
export const detailsBlock = (summary: string, lines: readonly string[]): string[] => [
  `<details><summary>${summary}</summary>`,
  '',
  ...lines,
  '',
  '</details>',
]
