import { type Actor, loginOf } from '../access/actor.ts'
import { canPush, needSignedIn } from '../access/permission.ts'
import { invalid, Refusal } from '../refusal.ts'
import { commentShape, issueShape, REACTIONS } from '../representations/issue.ts'
import type { CommentRecord, IssueRecord, ReactionRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { findIssue } from './find.ts'
import { threadKeys } from './issues.ts'
import { payload } from './payload.ts'

const LONGEST_BODY = 65_536

export async function createComment(
  world: World,
  actor: Actor,
  issue: IssueRecord,
  body: string,
): Promise<CommentRecord> {
  needSignedIn(actor, ...threadKeys(issue))
  needUnlocked(actor, issue)
  checkBody(body)
  const now = world.now()
  const comment = {
    id: world.store.nextId(),
    issue: issue.number,
    author: loginOf(actor),
    body,
    createdAt: now,
    updatedAt: now,
    minimized: null,
  }
  world.store.doc.comments.push(comment)
  issue.updatedAt = now
  world.store.changed()
  await emitComment(world, actor, comment, 'created')
  return comment
}

export async function updateComment(world: World, actor: Actor, comment: CommentRecord, body: string): Promise<void> {
  needOwner(world, actor, comment)
  checkBody(body)
  const from = comment.body
  comment.body = body
  comment.updatedAt = world.now()
  world.store.changed()
  if (from !== body) await emitComment(world, actor, comment, 'edited', { changes: { body: { from } } })
}

export async function deleteComment(world: World, actor: Actor, comment: CommentRecord): Promise<void> {
  needOwner(world, actor, comment)
  const { doc } = world.store
  doc.comments = doc.comments.filter((known) => known !== comment)
  world.store.changed()
  await emitComment(world, actor, comment, 'deleted')
}

export function minimizeComment(world: World, actor: Actor, comment: CommentRecord, reason: string): void {
  needOwner(world, actor, comment)
  comment.minimized = reason
  world.store.changed()
}

/** A user's reaction of one kind exists once; `created` says whether this call made it. */
export function react(world: World, actor: Actor, subject: ReactionRecord['subject'], content: string) {
  if (!REACTIONS.some((known) => known === content)) {
    throw invalid({ resource: 'Reaction', code: 'invalid', field: 'content' })
  }
  const author = loginOf(actor)
  const { reactions } = world.store.doc
  const known = reactions.find(
    (one) =>
      one.author === author &&
      one.content === content &&
      one.subject.kind === subject.kind &&
      one.subject.id === subject.id,
  )
  if (known !== undefined) return { reaction: known, created: false }
  const reaction = { id: world.store.nextId(), subject, author, content, createdAt: world.now() }
  reactions.push(reaction)
  world.store.changed()
  return { reaction, created: true }
}

/** Those with write access may still comment on a locked thread; a job's token may neither comment nor react. */
export function needUnlocked(actor: Actor, issue: IssueRecord): void {
  if (issue.locked === true && (actor.kind === 'job' || !canPush(actor)))
    throw new Refusal(403, 'Unable to create comment because issue is locked.')
}

/** Anyone with write access may change another's comment. */
function needOwner(world: World, actor: Actor, comment: CommentRecord): void {
  needSignedIn(actor, ...threadKeys(findIssue(world, comment.issue)))
  if (actor.kind === 'person' && !canPush(actor) && comment.author !== loginOf(actor)) {
    throw new Refusal(403, 'Must have admin rights to Repository.')
  }
}

function checkBody(body: string): void {
  if (body.trim() === '') throw invalid({ resource: 'IssueComment', code: 'missing_field', field: 'body' })
  if (body.length > LONGEST_BODY) {
    const message = `body is too long (maximum is ${LONGEST_BODY} characters)`
    throw invalid({ resource: 'IssueComment', code: 'unprocessable', field: 'data', message })
  }
}

function emitComment(world: World, actor: Actor, comment: CommentRecord, action: string, more: object = {}) {
  const issue = issueShape(world, findIssue(world, comment.issue))
  const own = { action, ...more, issue, comment: commentShape(world, comment) }
  return world.emit({ name: 'issue_comment', payload: payload(world, actor, own) }, actor)
}
