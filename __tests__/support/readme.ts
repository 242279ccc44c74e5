/** The rows of the first table under a heading, each cell without its Markdown. */
export function tableUnder(markdown: string, heading: string): string[][] {
  const lines = markdown.split('\n')
  const start = lines.indexOf(heading)
  if (start === -1) throw new Error(`no heading ${heading}`)
  const table = lines.slice(start + 1)
  const first = table.findIndex((line) => line.startsWith('|'))
  const length = table.slice(first).findIndex((line) => !line.startsWith('|'))
  return table
    .slice(first, first + length)
    .slice(2)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    )
}

const words = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? '')

/** `job -> { permission: access }`, as the table of the page about installing has it: one row for each permission of a job. */
export function permissionsTable(markdown: string): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {}
  for (const [job = '', permission = ''] of tableUnder(markdown, '## Permissions')) {
    const [name = ''] = words(job)
    const [[key = '', access = ''] = []] = words(permission).map((word) => word.split(': '))
    found[name] = { ...found[name], [key]: access }
  }
  return found
}

/** Every fenced block of a language. */
export const blocksOf = (markdown: string, language: string): string[] =>
  [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, block]) => block ?? '')

/** Every fenced block, with its language; '' if it has none. */
export const fencesOf = (markdown: string): { language: string; block: string }[] =>
  [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', block = '']) => ({ language, block }))

/** What a reader types of the `sh` blocks, one command a line, without the comment behind it. */
export const commandsIn = (markdown: string): string[] =>
  blocksOf(markdown, 'sh').flatMap((block) =>
    block
      .split('\n')
      .map((line) => line.replace(/\s+# .*$/, '').trim())
      .filter((line) => line !== ''),
  )

const INLINE = /`(npm (?:run )?(?!run`)[a-z][^`\n]*|(?:npx|node) [^`\n]+? [^`\n]+|tributary [a-z]+ [^`\n]+)`/g

/** What a reader can type of the code in the text. A word alone, as in \`tributary hub\`, is the name of a command, and \`node x.js\` that of a program. */
export const inlineCommandsIn = (markdown: string): string[] =>
  [...markdown.replace(/^```[\s\S]*?^```$/gm, '').matchAll(INLINE)].map(([, command]) => command ?? '')
