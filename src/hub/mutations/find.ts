import { notFound, Refusal } from '../refusal.ts'
import { isPull, type PullIssue } from '../representations/pull.ts'
import type { CheckRecord, CommentRecord, IssueRecord } from '../store/document.ts'
import type { World } from '../world.ts'

/** Each of these returns the record, or throws the refusal that becomes a 404. */
export function findIssue(world: World, number: number): IssueRecord {
  const issue = orNotFound(world.store.doc.issues.find((known) => known.number === number))
  if (issue.transferred === true) throw new Refusal(410, 'This issue was transferred')
  return issue
}

export function findPull(world: World, number: number): PullIssue {
  const issue = findIssue(world, number)
  if (!isPull(issue)) throw notFound()
  return issue
}

export const findComment = (world: World, id: number): CommentRecord =>
  orNotFound(world.store.doc.comments.find((comment) => comment.id === id))

export const findCheck = (world: World, id: number): CheckRecord =>
  orNotFound(world.store.doc.checks.find((check) => check.id === id))

export function orNotFound<T>(found: T | undefined | null): T {
  if (found === undefined || found === null) throw notFound()
  return found
}
