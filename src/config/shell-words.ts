/** One word as a shell splits a line: parts that stand in quotes belong to it. */
const WORD = /(?:"[^"]*"|'[^']*'|[^\s"'])+/g
const QUOTES = /"([^"]*)"|'([^']*)'/g
/** What a shell alone understands, outside of quotes: operators, redirections, variables, and what is set before a command. */
const SHELL = /^(?:&&?|\|\|?|;|\d*[<>].*)$|;$|[$`]|^[A-Za-z_]\w*=/

/** The list of words that somebody who wrote a command as one line meant. A line that needs a shell gets one by name. */
export function wordsOfLine(line: string): string[] {
  const words = line.match(WORD) ?? []
  if (words.some((word) => SHELL.test(word.replace(QUOTES, 'q')))) return ['sh', '-c', line.trim()]
  return words.map((word) => word.replace(QUOTES, (_, double?: string, single?: string) => double ?? single ?? ''))
}
