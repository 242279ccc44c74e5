import { Hono } from 'hono'
import { z } from 'zod'
import { type Actor, loginOf } from '../access/actor.ts'
import { needRead, needSignedIn } from '../access/permission.ts'
import { findPull, orNotFound } from '../mutations/find.ts'
import { payload } from '../mutations/payload.ts'
import { needActionsAllowed } from '../mutations/pulls.ts'
import { invalid, Refusal } from '../refusal.ts'
import { type PullIssue, pullShape, reviewShape } from '../representations/pull.ts'
import type { ReviewRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { bodyOf, type HubEnv, numberIn, pageOf } from './request.ts'

const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const
const newReview = z.looseObject({
  body: z.string().default(''),
  event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']).default('COMMENT'),
  commit_id: z.string().optional(),
})

export const reviewRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/pulls/:number/reviews', (call) => {
      needRead(world.store.doc, call.var.actor, 'pull-requests')
      const { number } = findPull(world, numberIn(call, 'number'))
      const all = world.store.doc.reviews.filter((review) => review.issue === number)
      return call.json(pageOf(call, all).map((review) => reviewShape(world, review)))
    })
    .get('/pulls/:number/reviews/:id', (call) => {
      const id = numberIn(call, 'id')
      return call.json(reviewShape(world, orNotFound(world.store.doc.reviews.find((review) => review.id === id))))
    })
    .post('/pulls/:number/reviews', async (call) => {
      const issue = findPull(world, numberIn(call, 'number'))
      const input = await bodyOf(call, newReview)
      const review = await createReview(world, call.var.actor, issue, input)
      return call.json(reviewShape(world, review))
    })

async function createReview(world: World, actor: Actor, issue: PullIssue, input: z.infer<typeof newReview>) {
  needSignedIn(actor, 'pull-requests')
  if (input.event === 'APPROVE') needActionsAllowed(world, actor)
  if (input.event !== 'COMMENT' && issue.author === loginOf(actor)) {
    const did = input.event === 'APPROVE' ? 'approve' : 'request changes on'
    throw new Refusal(422, 'Unprocessable Entity', [`Can not ${did} your own pull request`])
  }
  if (input.event !== 'APPROVE' && input.body === '') {
    throw invalid({ resource: 'PullRequestReview', code: 'missing_field', field: 'body' })
  }
  const review: ReviewRecord = {
    id: world.store.nextId(),
    issue: issue.number,
    author: loginOf(actor),
    body: input.body,
    state: STATES[input.event],
    commit: input.commit_id ?? issue.pull.headSha,
    submittedAt: world.now(),
  }
  world.store.doc.reviews.push(review)
  world.store.changed()
  await emitReview(world, actor, issue, review)
  return review
}

function emitReview(world: World, actor: Actor, issue: PullIssue, review: ReviewRecord) {
  // Events have the state in lower case.
  const shown = { ...reviewShape(world, review), state: review.state.toLowerCase() }
  const own = { action: 'submitted', review: shown, pull_request: pullShape(world, issue) }
  return world.emit({ name: 'pull_request_review', payload: payload(world, actor, own) }, actor)
}
