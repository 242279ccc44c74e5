import { z } from 'zod'
import type { PullReview } from '../core/command/decide-pull-review.ts'
import { runIdSchema, type Sha, shaSchema } from '../core/ids.ts'

/** The event that started this workflow run, in our terms. */
export type Trigger = CommentTrigger | PullTrigger | ReviewTrigger | PlanTrigger | DispatchTrigger
export type NoTrigger = { kind: 'nothing'; why: string }

export interface Sender {
  login: string
  /** `User`, `Bot` or `Organization`. */
  type: string
}

export interface CommentTrigger {
  kind: 'comment'
  comment: { id: number; body: string; createdAt: string }
  /** As of the event; later edits do not count. */
  issue: { number: number; title: string; body: string; isPull: boolean; state: 'open' | 'closed' }
  sender: Sender
  /** The App that wrote the comment in the sender's name; null if the sender did. */
  viaApp: string | null
}

/** A pull request of this repository that was merged, closed or reopened. */
export interface PullTrigger {
  kind: 'pull'
  action: 'merged' | 'closed' | 'reopened'
  number: number
  headBranch: string
  baseBranch: string
  head: Sha
  sender: Sender
}

/** A review of a pull request whose head is a branch of this repository. */
export interface ReviewTrigger {
  kind: 'review'
  review: PullReview
  headBranch: string
  sender: Sender
}

/** A plan is asked for without a comment: by a label on the issue, or by its number in the form of the workflow. */
export interface PlanTrigger {
  kind: 'plan'
  issue: number
  /** Null: by its number. */
  label: string | null
  sender: Sender
}

export interface DispatchTrigger {
  kind: 'dispatch'
  inputs: { role: 'orchestrate' | 'work'; run: string; request: string; slots: string }
}

/** Throws if the payload is not as GitHub documents it. */
export function readTrigger({ eventName, payload }: { eventName: string; payload: unknown }): Trigger | NoTrigger {
  switch (eventName) {
    case 'issue_comment':
      return readComment(payload)
    case 'pull_request':
      return readPull(payload)
    case 'pull_request_review':
      return readReview(payload)
    case 'issues':
      return readLabel(payload)
    case 'workflow_dispatch':
      return readDispatch(payload)
    default:
      return noTrigger(`Tributary does not listen to ${eventName}`)
  }
}

const noTrigger = (why: string): NoTrigger => ({ kind: 'nothing', why })

const actionSchema = z.looseObject({ action: z.string() })
const senderSchema = z.object({ login: z.string().min(1), type: z.string() })

const commentSchema = z.object({
  comment: z.object({
    id: z.int().positive(),
    body: z.string().nullish(),
    created_at: z.string(),
    performed_via_github_app: z.looseObject({ slug: z.string().nullish() }).nullish(),
  }),
  issue: z.object({
    number: z.int().positive(),
    title: z.string(),
    body: z.string().nullish(),
    state: z.enum(['open', 'closed']),
    pull_request: z.unknown().optional(),
  }),
  sender: senderSchema,
})

/** Edited comments are ignored: people with write access can edit another person's comment. */
function readComment(payload: unknown): CommentTrigger | NoTrigger {
  const { action } = actionSchema.parse(payload)
  if (action !== 'created') return noTrigger(`only a new comment counts; this one was ${action}`)
  const { comment, issue, sender } = commentSchema.parse(payload)
  const { number, title, state } = issue
  return {
    kind: 'comment',
    comment: { id: comment.id, body: comment.body ?? '', createdAt: comment.created_at },
    issue: { number, title, state, body: issue.body ?? '', isPull: (issue.pull_request ?? null) !== null },
    sender,
    viaApp: viaApp(comment.performed_via_github_app),
  }
}

const viaApp = (app: { slug?: string | null | undefined } | null | undefined): string | null =>
  app === null || app === undefined ? null : (app.slug ?? 'an App')

const repositorySchema = z.object({ full_name: z.string() })
const pullSchema = z.object({
  pull_request: z.object({
    number: z.int().positive(),
    merged: z.boolean(),
    /** The repository is null if the fork has been deleted. */
    head: z.object({ ref: z.string(), sha: shaSchema, repo: repositorySchema.nullable() }),
    base: z.object({ ref: z.string(), repo: repositorySchema }),
  }),
  sender: senderSchema,
})

/** Ignores forks, whose branches may have any name, also one of ours. */
function readPull(payload: unknown): PullTrigger | NoTrigger {
  const { action } = actionSchema.parse(payload)
  if (action !== 'closed' && action !== 'reopened')
    return noTrigger(`only a pull request that was closed or reopened counts; this one was ${action}`)
  const { pull_request: pull, sender } = pullSchema.parse(payload)
  if (pull.head.repo?.full_name !== pull.base.repo.full_name) return noTrigger('the pull request comes from a fork')
  const { number, merged, head, base } = pull
  const sides = { headBranch: head.ref, baseBranch: base.ref, head: head.sha }
  return { kind: 'pull', action: merged ? 'merged' : action, number, ...sides, sender }
}

const reviewSchema = z.object({
  review: z.object({
    id: z.int().positive(),
    body: z.string().nullish(),
    state: z.enum(['approved', 'changes_requested', 'commented']),
    commit_id: shaSchema,
    submitted_at: z.string(),
    user: z.object({ login: z.string() }),
  }),
  pull_request: z.object({
    number: z.int().positive(),
    head: z.object({ ref: z.string(), repo: repositorySchema.nullable() }),
    base: z.object({ repo: repositorySchema }),
  }),
  sender: senderSchema,
})

/** Reviews that were edited or dismissed are ignored, as edited comments are. */
function readReview(payload: unknown): ReviewTrigger | NoTrigger {
  const { action } = actionSchema.parse(payload)
  if (action !== 'submitted') return noTrigger(`only a new review counts; this one was ${action}`)
  const { review, pull_request: pull, sender } = reviewSchema.parse(payload)
  if (pull.head.repo?.full_name !== pull.base.repo.full_name) return noTrigger('the pull request comes from a fork')
  if (review.user.login !== sender.login) return noTrigger('the review is not of who sent it')
  const { id, state: verdict, commit_id: commit, submitted_at: submittedAt } = review
  const read: PullReview = { id, pull: pull.number, verdict, body: review.body ?? '', commit, submittedAt }
  return { kind: 'review', review: read, headBranch: pull.head.ref, sender }
}

const labelSchema = z.object({
  label: z.object({ name: z.string() }),
  issue: z.object({ number: z.int().positive() }),
  sender: senderSchema,
})

function readLabel(payload: unknown): PlanTrigger | NoTrigger {
  const { action } = actionSchema.parse(payload)
  if (action !== 'labeled') return noTrigger(`of an issue only a new label counts; it was ${action}`)
  const { label, issue, sender } = labelSchema.parse(payload)
  return { kind: 'plan', issue: issue.number, label: label.name, sender }
}

const formSchema = z.object({
  inputs: z.object({
    issue: z.string().regex(/^#?\d{1,9}$/, 'the number of an issue'),
    role: z.literal('').default(''),
  }),
  sender: senderSchema,
})

/** A job's dispatch has a role. A person's has none, and names an issue. */
function readDispatch(payload: unknown): PlanTrigger | DispatchTrigger {
  const inputs = z.looseObject({ issue: z.string().default(''), role: z.string().default('') })
  const { issue, role } = z.object({ inputs }).parse(payload).inputs
  if (issue === '' || role !== '') return { kind: 'dispatch', inputs: dispatchSchema.parse(payload).inputs }
  const form = formSchema.parse(payload)
  return { kind: 'plan', issue: Number(form.inputs.issue.replace('#', '')), label: null, sender: form.sender }
}

const dispatchSchema = z.object({
  inputs: z.object({
    role: z.enum(['orchestrate', 'work']),
    run: runIdSchema,
    request: z.string(),
    slots: z.string().default('[]'),
  }),
})
