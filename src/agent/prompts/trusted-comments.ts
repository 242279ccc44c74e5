import type { Role } from '../../ports/forge.ts'
import { sanitise } from '../visible-text/sanitise.ts'

export interface WrittenComment {
  author: string
  /** GitHub's word for it: `User`, `Bot`, `Organization`. */
  type: string
  role: Role
  body: string
}

const MAY_WRITE: readonly Role[] = ['write', 'maintain', 'admin']

/** Only people who could change the repository themselves are heard; a bot never is, whatever it may, or calls itself. */
export const isTrusted = ({ author, type, role }: WrittenComment): boolean =>
  type === 'User' && MAY_WRITE.includes(role) && !/\[bot\]$/i.test(author)

/**
 * Whose role is worth a question: at most as many as are allowed, those who belong to the repository first, and then who
 * wrote last. So nobody with many accounts can talk the maintainers out of hearing.
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
 * Comments that may stand in a prompt, each with its author and without what hides in it; commands are not among them.
 * `leftOut`: how many were written by somebody who is not heard.
 */
export function commentsForPrompt(comments: readonly WrittenComment[]): { kept: string[]; leftOut: number } {
  const trusted = comments.filter(isTrusted)
  const kept = trusted
    .map(({ author, body }) => ({ author, text: sanitise(body).text.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('/'))
    .map(({ author, text }) => `@${author}: ${text}`)
  return { kept, leftOut: comments.length - trusted.length }
}
