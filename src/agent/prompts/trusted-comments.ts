import type { Role } from '../../ports/forge.ts'
import { sanitise } from '../visible-text/sanitise.ts'

export interface WrittenComment {
  author: string
  /** GitHub's type of account: `User`, `Bot`, `Organization`. */
  type: string
  role: Role
  body: string
}

const MAY_WRITE: readonly Role[] = ['write', 'maintain', 'admin']

/** Only comments of people with write access count; those of a bot never do, whatever its role or name. */
export const isTrusted = ({ author, type, role }: WrittenComment): boolean =>
  type === 'User' && MAY_WRITE.includes(role) && !/\[bot\]$/i.test(author)

/**
 * The authors whose roles to look up, at most `most`: those who belong to the repository first, then the latest. So a crowd
 * of accounts cannot displace the maintainers.
 */
export function authorsToAsk(
  comments: readonly { author: string; type: string; belongs: boolean }[],
  most: number,
): string[] {
  const people = comments.filter(({ type }) => type === 'User').toReversed()
  const belonging = people.filter(({ belongs }) => belongs)
  return [...new Set([...belonging, ...people].map(({ author }) => author))].slice(0, most)
}

/**
 * Trusted comments for a prompt, each with its author, without hidden text; commands are skipped. `leftOut`: the number of
 * comments by authors who are not trusted.
 */
export function commentsForPrompt(comments: readonly WrittenComment[]): { comments: string[]; leftOut: number } {
  const trusted = comments.filter(isTrusted)
  const texts = trusted
    .map(({ author, body }) => ({ author, text: sanitise(body).text.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('/'))
    .map(({ author, text }) => `@${author}: ${text}`)
  return { comments: texts, leftOut: comments.length - trusted.length }
}
