/** Words in a commit message that make GitHub and other services skip workflows. */
const SKIP =
  /\[\s*(?:(?:skip|no)(?:\s|-)(?:ci|actions|workflows?|checks|azp|netlify|travis|circle|circleci|vercel|appveyor|gitlab)|(?:ci|actions|azp|netlify|travis|circle|circleci|vercel|appveyor|gitlab)(?:\s|-)skip)\s*\]|\*{3}\s*NO_CI\s*\*{3}|skip-checks\s*:\s*true/gi
/** `Fixes #3`, `closes: o/r#3`, `resolves GH-3`, `fix https://github.com/o/r/issues/3`: the keyword, then the reference. */
const CLOSING =
  /\b((?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\s{0,3}:?\s{1,3}|(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):)(?:([\w.-]{0,100}(?:\/[\w.-]{1,100})?)#(?=\d)|(gh)-(?=\d)|https?:\/\/(?=[^\s/]{1,253}\/[^\s/]{1,100}\/[^\s/]{1,100}\/(?:issues|pull|discussions)\/\d))/gi

/** Removes words that skip workflows or close issues from text for a commit message. */
export function withoutControlWords(text: string): string {
  let left = text
  // The remaining text may form a control word again.
  while (left.search(SKIP) !== -1) left = left.replace(SKIP, ' ')
  return left.replace(CLOSING, (_, word: string, repository: string | undefined, gh: string | undefined) =>
    gh !== undefined ? `${word}${gh} ` : repository !== undefined ? `${word}${repository}# ` : word,
  )
}

/** Prefixes with a meaning for `git rebase` or the commit editor: `fixup!`, and the sign of a comment. */
const LEADING = /^(?:\s|#+|(?:fixup|squash|amend)!)+/i
/** Trailers such as `Co-authored-by:` and `Change-Id:`, and our own, such as `Tributary-Task:`. */
const TRAILER = /\b((?:[a-z]{1,30}-){1,4}by|change-id|tributary-[\w-]{1,40})\s{0,3}:/gi

/** A commit subject from untrusted text, without anything that controls workflows, issues or trailers. */
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

/** Breaks mentions, references to issues and links with a space, so that they stay readable. */
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
 * Characters that are invisible or reorder text: control, format, bidi, tags, selectors, fillers, private use,
 * noncharacters, lone surrogates. Includes line feeds and tabs, so a caller that keeps these must handle them first.
 */
export const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800\u{1d159}]/gu
