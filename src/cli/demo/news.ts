import { isBot } from './cast.ts'
import type { Check, Comment, Pull, Seen } from './seen.ts'

export interface News {
  who: string
  what: string
}

/** What a person who watches the pages would notice, each thing once. What people type is told when they type it. */
export function changesBetween(before: Seen, after: Seen): News[] {
  const news = [
    ...after.comments.filter(byBot).flatMap((comment) => aboutComment(byId(before.comments, comment), comment)),
    ...after.pulls.flatMap((pull) => aboutPull(before.pulls.find(byNumber(pull)), pull)),
    ...after.checks.flatMap((check) => aboutCheck(byId(before.checks, check), check)),
  ]
  // A task's check stands on the commit where it began and on the one that it handed over.
  return news.filter(({ what }, index) => news.findIndex((other) => other.what === what) === index)
}

const byBot = ({ author }: Comment): boolean => isBot(author)
const byNumber = (pull: Pull) => (other: Pull) => other.number === pull.number

const byId = <Item extends { id: number }>(items: readonly Item[], { id }: Item): Item | undefined =>
  items.find((item) => item.id === id)

/** The first line that people see: no marker, no Markdown of headings. */
export const headOf = (body: string): string =>
  body
    .split('\n')
    .find((line) => line.trim() !== '' && !line.startsWith('<!--'))
    ?.replace(/^#+ /, '') ?? ''

function aboutComment(before: Comment | undefined, comment: Comment): News[] {
  const head = headOf(comment.body)
  if (before === undefined) return [{ who: 'tributary', what: `on #${comment.thread}: ${head}` }]
  return headOf(before.body) === head ? [] : [{ who: 'tributary', what: `edits, on #${comment.thread}: ${head}` }]
}

function aboutPull(before: Pull | undefined, pull: Pull): News[] {
  const standing = standingOf(pull)
  if (before !== undefined && standingOf(before) === standing) return []
  return [{ who: 'pull', what: `#${pull.number} ${pull.head} -> ${pull.base}: ${standing}` }]
}

function standingOf({ merged, state, draft }: Pull): string {
  if (merged) return 'merged'
  if (state !== 'open') return state
  return draft ? 'draft' : 'ready'
}

function aboutCheck(before: Check | undefined, check: Check): News[] {
  const standing = check.conclusion ?? check.status
  if (before !== undefined && (before.conclusion ?? before.status) === standing) return []
  return [{ who: 'check', what: `${check.name}: ${standing}` }]
}
