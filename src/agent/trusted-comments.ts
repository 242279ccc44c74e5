import type { Role } from '../ports/forge.ts'
import { sanitise } from './sanitise.ts'

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
