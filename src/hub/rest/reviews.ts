import { Hono } from 'hono'
import { z } from 'zod'
import { needRead, needWrite } from '../access/permission.ts'
import { findPull, orNotFound } from '../mutations/find.ts'
import { requestReviewers } from '../mutations/people.ts'
import { createReview, replyToReview } from '../mutations/reviews.ts'
import { fullPullShape } from '../representations/pull.ts'
import { reviewCommentShape, reviewCommentsOf, reviewShape } from '../representations/review.ts'
import { userShape } from '../representations/user.ts'
import type { World } from '../world.ts'
import { bodyOf, type HubEnv, numberIn, pageOf } from './request.ts'

const newComment = z
  .looseObject({
    path: z.string(),
    body: z.string().min(1),
    line: z.int().positive(),
    side: z.enum(['LEFT', 'RIGHT']).default('RIGHT'),
    start_line: z.int().positive().nullish(),
  })
  .transform(({ path, body, line, side, start_line }) => ({ path, body, line, side, startLine: start_line ?? null }))
const newReview = z.looseObject({
  body: z.string().default(''),
  event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']).default('COMMENT'),
  commit_id: z.string().optional(),
  comments: z.array(newComment).default([]),
})
const newReply = z.looseObject({ body: z.string() })
const asked = z.looseObject({
  reviewers: z.array(z.string()).default([]),
  team_reviewers: z.array(z.string()).default([]),
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
    .get('/pulls/:number/reviews/:id/comments', (call) => {
      needRead(world.store.doc, call.var.actor, 'pull-requests')
      const id = numberIn(call, 'id')
      const own = reviewCommentsOf(world, numberIn(call, 'number')).filter(({ review }) => review === id)
      return call.json(pageOf(call, own).map((comment) => reviewCommentShape(world, comment)))
    })
    .post('/pulls/:number/reviews', async (call) => {
      const issue = findPull(world, numberIn(call, 'number'))
      const { commit_id, ...input } = await bodyOf(call, newReview)
      const review = await createReview(world, call.var.actor, issue, { ...input, commit: commit_id })
      return call.json(reviewShape(world, review))
    })
    .get('/pulls/:number/comments', (call) => {
      needRead(world.store.doc, call.var.actor, 'pull-requests')
      const all = reviewCommentsOf(world, findPull(world, numberIn(call, 'number')).number)
      return call.json(pageOf(call, all).map((comment) => reviewCommentShape(world, comment)))
    })
    .post('/pulls/:number/comments/:id/replies', async (call) => {
      const issue = findPull(world, numberIn(call, 'number'))
      const id = numberIn(call, 'id')
      const first = orNotFound(
        reviewCommentsOf(world, issue.number).find((one) => one.id === id && one.replyTo === null),
      )
      const { body } = await bodyOf(call, newReply)
      return call.json(reviewCommentShape(world, await replyToReview(world, call.var.actor, issue, first, body)), 201)
    })
    .get('/pulls/:number/requested_reviewers', (call) => {
      const { pull } = findPull(world, numberIn(call, 'number'))
      return call.json({ users: (pull.requestedReviewers ?? []).map((login) => userShape(world, login)), teams: [] })
    })
    .post('/pulls/:number/requested_reviewers', async (call) => {
      const issue = findPull(world, numberIn(call, 'number'))
      needWrite(call.var.actor, ['pull-requests'])
      const wanted = await bodyOf(call, asked)
      await requestReviewers(world, call.var.actor, issue, { logins: wanted.reviewers, teams: wanted.team_reviewers })
      return call.json(await fullPullShape(world, issue), 201)
    })
