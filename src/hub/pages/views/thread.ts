import { moment } from '../../../render/markdown/format.ts'
import { type Html, html, piece } from '../../../render/page/html.ts'
import type { CommentRecord, IssueRecord, ReviewRecord } from '../../store/document.ts'
import type { World } from '../../world.ts'
import { linksIn, threadPath } from '../context.ts'
import { commentHtml } from '../markdown/render.ts'

/** Everything that was said on these issues and pull requests, oldest first, as GitHub shows it. */
export function threadHtml(world: World, numbers: readonly number[]): Html {
  const { doc } = world.store
  const openings = doc.issues
    .filter(({ number }) => numbers.includes(number))
    .map((issue) => ({ at: issue.createdAt, html: opening(world, issue) }))
  const comments = doc.comments
    .filter(({ issue }) => numbers.includes(issue))
    .map((comment) => ({ at: comment.createdAt, html: commentOf(world, comment, numbers.length > 1) }))
  const reviews = doc.reviews
    .filter(({ issue }) => numbers.includes(issue))
    .map((review) => ({ at: review.submittedAt, html: reviewOf(world, review) }))
  const all = [...openings, ...comments, ...reviews].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
  return html`${all.map((entry) => entry.html)}`
}

function opening(world: World, issue: IssueRecord): Html {
  const what = issue.pull === null ? 'issue' : 'pull request'
  const body = issue.body ?? ''
  return entry({
    id: `issue-${issue.number}`,
    by: issue.author,
    at: issue.createdAt,
    did: html`opened <a href="${threadPath(world, issue.number)}">${what} #${issue.number}</a>: ${issue.title}`,
    body:
      body.trim() === ''
        ? html`<p class="lead">No description.</p>`
        : commentHtml(body, `issue-${issue.number}`, linksIn(world, issue.number)),
    folded: null,
  })
}

function commentOf(world: World, comment: CommentRecord, severalThreads: boolean): Html {
  const id = `issuecomment-${comment.id}`
  return entry({
    id,
    by: comment.author,
    at: comment.createdAt,
    did: severalThreads
      ? html`commented on <a href="${threadPath(world, comment.issue)}">#${comment.issue}</a>`
      : html`commented`,
    body: commentHtml(comment.body, id, linksIn(world, comment.issue)),
    folded: comment.minimized,
  })
}

const REVIEWED: Readonly<Record<ReviewRecord['state'], string>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'requested changes',
  COMMENTED: 'reviewed',
  DISMISSED: 'reviewed (dismissed)',
}

function reviewOf(world: World, review: ReviewRecord): Html {
  const lines = (world.store.doc.reviewComments ?? []).filter((one) => one.review === review.id)
  const links = linksIn(world, review.issue)
  return entry({
    id: `review-${review.id}`,
    by: review.author,
    at: review.submittedAt,
    did: html`${REVIEWED[review.state]} <a href="${threadPath(world, review.issue)}">#${review.issue}</a>`,
    body: html`${commentHtml(review.body, `review-${review.id}`, links)}${lines.map(
      (line) => html`<p><code>${line.path}:${line.line}</code></p>${commentHtml(line.body, `line-${line.id}`, links)}`,
    )}`,
    folded: null,
  })
}

interface Entry {
  id: string
  by: string
  at: string
  did: Html
  body: Html
  /** Why it was minimized; null: it was not. */
  folded: string | null
}

function entry({ id, by, at, did, body, folded }: Entry): Html {
  const heading = html`<strong>${by}</strong> ${did} <time datetime="${at}" class="lead">${moment(at)}</time>`
  if (folded !== null)
    return piece(
      id,
      html`<article id="${id}" class="comment"><details id="folded-${id}"><summary>${heading} <span class="lead">(${folded.toLowerCase()})</span></summary><div class="markdown">${body}</div></details></article>`,
    )
  return piece(
    id,
    html`<article id="${id}" class="comment"><header>${heading}</header><div class="markdown">${body}</div></article>`,
  )
}
