import type { Role } from '../ports/forge.ts'
import { type Removed, together } from './hidden/removed.ts'
import { sanitise } from './sanitise.ts'

export interface WrittenComment {
  author: string
  /** GitHub's word for it: `User`, `Bot`, `Organization`. */
  type: string
  role: Role
  body: string
}

export interface CommentsForPrompt {
  kept: string[]
  /** How many nobody with a say in the repository wrote. */
  leftOut: number
  /** What was hidden in those that are kept. */
  removed: Removed[]
}

const MAY_WRITE: readonly Role[] = ['write', 'maintain', 'admin']

/** Only people who could change the repository themselves are heard; a bot never is, whatever it may, or calls itself. */
export const isTrusted = ({ author, type, role }: WrittenComment): boolean =>
  type === 'User' && MAY_WRITE.includes(role) && !/\[bot\]$/i.test(author)

/** Comments that may stand in a prompt, each with its author and without what hides in it; commands are not among them. */
export function commentsForPrompt(comments: readonly WrittenComment[]): CommentsForPrompt {
  const trusted = comments.filter(isTrusted)
  const read = trusted.map(({ author, body }) => ({ author, ...sanitise(body) }))
  const kept = read
    .map(({ author, text }) => ({ author, text: text.trim() }))
    .filter(({ text }) => text !== '' && !text.startsWith('/'))
    .map(({ author, text }) => `@${author}: ${text}`)
  return { kept, leftOut: comments.length - trusted.length, removed: together(read.map(({ removed }) => removed)) }
}
