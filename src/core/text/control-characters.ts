/** Words by which a commit's message tells GitHub, and other services that read it, to start no workflow. */
const SKIP =
  /\[\s*(?:(?:skip|no)(?:\s|-)(?:ci|actions|workflows?|checks|azp|netlify|travis|circle|circleci|vercel|appveyor|gitlab)|(?:ci|actions|azp|netlify|travis|circle|circleci|vercel|appveyor|gitlab)(?:\s|-)skip)\s*\]|\*{3}\s*NO_CI\s*\*{3}|skip-checks\s*:\s*true/gi
/** `Fixes #3`, `closes: o/r#3`, `resolves GH-3`, `fix https://github.com/o/r/issues/3`; the word, then what it points at. */
const CLOSING =
  /\b((?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\s{0,3}:?\s{1,3}|(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):)(?:([\w.-]{0,100}(?:\/[\w.-]{1,100})?)#(?=\d)|(gh)-(?=\d)|https?:\/\/(?=[^\s/]{1,253}\/[^\s/]{1,100}\/[^\s/]{1,100}\/(?:issues|pull|discussions)\/\d))/gi

/** Text that may end up in a commit's message, without what skips workflows or closes issues; else as it is. */
export function withoutControlWords(text: string): string {
  let left = text
  // What is left may close up to a control word again.
  while (left.search(SKIP) !== -1) left = left.replace(SKIP, ' ')
  return left.replace(CLOSING, (_, word: string, repository: string | undefined, gh: string | undefined) =>
    gh !== undefined ? `${word}${gh} ` : repository !== undefined ? `${word}${repository}# ` : word,
  )
}

/** Of what a rebase or an editor takes for its own: `fixup!`, and the sign of a comment. */
const LEADING = /^(?:\s|#+|(?:fixup|squash|amend)!)+/i
/** `Co-authored-by:`, `Change-Id:` and the like, which name people, and `Tributary-Task:`, which is for us to say. */
const TRAILER = /\b((?:[a-z]{1,30}-){1,4}by|change-id|tributary-[\w-]{1,40})\s{0,3}:/gi

/** One line for a commit, out of text that somebody typed: it may name the work, not steer what happens to the commit. */
export function commitSubject(title: string, otherwise: string): string {
  let line = title
  let before: string
  do {
    before = line
    line = tamed(line)
  } while (line !== before)
  return line === '' ? otherwise : line
}

const tamed = (text: string): string =>
  unlinked(oneLine(withoutControlWords(oneLine(text))))
    .replace(LEADING, '')
    .trim()

/** A blank where GitHub would see a person, an issue or an address; what is named can still be read. */
const unlinked = (line: string): string =>
  line
    .replace(TRAILER, '$1')
    .replace(/https?:\/\//gi, '')
    .replace(/@(?=\w)/g, '@ ')
    .replace(/#(?=\d)/g, '# ')
    .replace(/\b(gh)-(?=\d)/gi, '$1 ')

const oneLine = (text: string): string =>
  text
    .replace(INVISIBLE, ' ')
    .replace(/\p{Cn}/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()

/**
 * Characters that show nothing or reorder what is shown: control, format, bidi, tags, selectors, fillers, private use,
 * noncharacters, lone surrogates. Line feeds and tabs are among them: whoever keeps those takes them out first.
 */
export const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\u{1d159}]/gu
