/** Words by which a commit's message tells GitHub to start no workflow. */
const CONTROL_WORDS = /\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]|\*{3}NO_CI\*{3}|skip-checks:\s*true/gi

/** One line for a commit, out of text that somebody typed: it may name the work, not steer what happens to the commit. */
export function commitSubject(title: string, otherwise: string): string {
  let line = oneLine(title)
  // What is left may close up to a control word again.
  while (line.search(CONTROL_WORDS) !== -1) line = oneLine(line.replace(CONTROL_WORDS, ' '))
  return line === '' ? otherwise : line
}

const oneLine = (text: string): string => text.replace(/\p{C}/gu, ' ').replace(/\s+/g, ' ').trim()
