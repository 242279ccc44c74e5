import { Hono } from 'hono'
import { z } from 'zod'
import { loginOf } from '../access/actor.ts'
import { needRead, needSignedIn } from '../access/permission.ts'
import { createComment, deleteComment, needUnlocked, react, updateComment } from '../mutations/comments.ts'
import { findComment, findIssue } from '../mutations/find.ts'
import { threadKeys } from '../mutations/issues.ts'
import { notFound } from '../refusal.ts'
import { commentShape, reactionShape } from '../representations/issue.ts'
import type { CommentRecord, ReactionRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { bodyOf, type HubEnv, numberIn, pageOf, type RestCall } from './request.ts'

const withBody = z.looseObject({ body: z.string() })
const withContent = z.looseObject({ content: z.string() })

export const commentRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/issues/comments', (call) => {
      const all = since(call, world.store.doc.comments)
      return call.json(pageOf(call, all).map((comment) => commentShape(world, comment)))
    })
    .get('/issues/comments/:id', (call) => {
      needRead(world.store.doc, call.var.actor, 'issues', 'pull-requests')
      return call.json(commentShape(world, findComment(world, numberIn(call, 'id'))))
    })
    .patch('/issues/comments/:id', async (call) => {
      const comment = findComment(world, numberIn(call, 'id'))
      await updateComment(world, call.var.actor, comment, (await bodyOf(call, withBody)).body)
      return call.json(commentShape(world, comment))
    })
    .delete('/issues/comments/:id', async (call) => {
      await deleteComment(world, call.var.actor, findComment(world, numberIn(call, 'id')))
      return call.body(null, 204)
    })
    .get('/issues/:number/comments', (call) => {
      needRead(world.store.doc, call.var.actor, 'issues', 'pull-requests')
      const { number } = findIssue(world, numberIn(call, 'number'))
      const all = world.store.doc.comments.filter((comment) => comment.issue === number)
      return call.json(pageOf(call, since(call, all)).map((comment) => commentShape(world, comment)))
    })
    .post('/issues/:number/comments', async (call) => {
      const issue = findIssue(world, numberIn(call, 'number'))
      const comment = await createComment(world, call.var.actor, issue, (await bodyOf(call, withBody)).body)
      return call.json(commentShape(world, comment), 201)
    })

function since(call: RestCall, comments: readonly CommentRecord[]): CommentRecord[] {
  const from = Date.parse(call.req.query('since') ?? '')
  return comments.filter((comment) => Number.isNaN(from) || Date.parse(comment.updatedAt) >= from)
}

export const reactionRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/issues/comments/:id/reactions', (call) => {
      const { id } = findComment(world, numberIn(call, 'id'))
      return listed(world, call, { kind: 'comment', id })
    })
    .post('/issues/comments/:id/reactions', async (call) => {
      const comment = findComment(world, numberIn(call, 'id'))
      const issue = findIssue(world, comment.issue)
      needSignedIn(call.var.actor, ...threadKeys(issue))
      needUnlocked(call.var.actor, issue)
      return given(world, call, { kind: 'comment', id: comment.id })
    })
    .delete('/issues/comments/:id/reactions/:reaction', (call) => {
      findComment(world, numberIn(call, 'id'))
      return taken(world, call)
    })
    .get('/issues/:number/reactions', (call) => {
      const { id } = findIssue(world, numberIn(call, 'number'))
      return listed(world, call, { kind: 'issue', id })
    })
    .post('/issues/:number/reactions', async (call) => {
      const issue = findIssue(world, numberIn(call, 'number'))
      needSignedIn(call.var.actor, ...threadKeys(issue))
      return given(world, call, { kind: 'issue', id: issue.id })
    })

function listed(world: World, call: RestCall, subject: ReactionRecord['subject']): Response {
  const content = call.req.query('content')
  const all = world.store.doc.reactions
    .filter((reaction) => reaction.subject.kind === subject.kind && reaction.subject.id === subject.id)
    .filter((reaction) => content === undefined || reaction.content === content)
  return call.json(pageOf(call, all).map((reaction) => reactionShape(world, reaction)))
}

async function given(world: World, call: RestCall, subject: ReactionRecord['subject']): Promise<Response> {
  const { content } = await bodyOf(call, withContent)
  const { reaction, created } = react(world, call.var.actor, subject, content)
  return call.json(reactionShape(world, reaction), created ? 201 : 200)
}

function taken(world: World, call: RestCall): Response {
  const { doc } = world.store
  const id = numberIn(call, 'reaction')
  const own = doc.reactions.find((reaction) => reaction.id === id && reaction.author === loginOf(call.var.actor))
  if (own === undefined) throw notFound()
  doc.reactions = doc.reactions.filter((reaction) => reaction !== own)
  world.store.changed()
  return call.body(null, 204)
}
