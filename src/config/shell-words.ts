/** One word as a shell splits a line, with its quoted parts. */
const WORD = /(?:"[^"]*"|'[^']*'|[^\s"'])+/g
const QUOTES = /"([^"]*)"|'([^']*)'/g
/** Shell syntax outside of quotes: operators, redirections, variables, and assignments before a command. */
const SHELL = /^(?:&&?|\|\|?|;|\d*[<>].*)$|;$|[$`]|^[A-Za-z_]\w*=/

/** The list of words of a command that was written as one line; `sh -c` and the line if it needs a shell. */
export function wordsOfLine(line: string): string[] {
  const words = line.match(WORD) ?? []
  if (words.some((word) => SHELL.test(word.replace(QUOTES, 'q')))) return ['sh', '-c', line.trim()]
  return words.map((word) => word.replace(QUOTES, (_, double?: string, single?: string) => double ?? single ?? ''))
}
