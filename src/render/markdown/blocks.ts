/** A Markdown table; cells must be Markdown already. Empty if there are no rows. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0 ? [] : [row(header), row(header.map(() => '---')), ...rows.map(row)]

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => (cell === '' ? ' ' : cell)).join(' | ')} |`

/** Sections with a blank line between them; empty sections are left out. */
export const sections = (...parts: readonly (readonly string[])[]): string[] =>
  parts.filter((part) => part.length > 0).flatMap((part, index) => (index === 0 ? [...part] : ['', ...part]))

/** A folded block. Without the blank lines GitHub would not read its content as Markdown. */
export const detailsBlock = (summary: string, lines: readonly string[]): string[] => [
  `<details><summary>${summary}</summary>`,
  '',
  ...lines,
  '',
  '</details>',
]
