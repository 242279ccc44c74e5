import { Hono } from 'hono'
import { z } from 'zod'
import { needRead, needWrite } from '../access/permission.ts'
import { findIssue } from '../mutations/find.ts'
import { assignPeople, createIssue, emitLabeled, needEditor, threadKeys, updateIssue } from '../mutations/issues.ts'
import { addLabels, createLabel, labelNamed } from '../mutations/labels.ts'
import { invalid, notFound } from '../refusal.ts'
import { issueLabels, issueShape, labelShape } from '../representations/issue.ts'
import type { World } from '../world.ts'
import { bodyOf, type HubEnv, numberIn, pageOf } from './request.ts'

const labelNames = z.array(z.union([z.string(), z.looseObject({ name: z.string() }).transform(({ name }) => name)]))
const newIssue = z.looseObject({
  title: z.union([z.string(), z.number().transform(String)]),
  body: z.string().nullish(),
  labels: labelNames.default([]),
})
const issueChange = z.looseObject({
  title: z.union([z.string(), z.number().transform(String)]).optional(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']).optional(),
  state_reason: z.enum(['completed', 'not_planned', 'duplicate', 'reopened']).nullish(),
  labels: labelNames.optional(),
})
const someLabels = z.union([labelNames, z.looseObject({ labels: labelNames }).transform(({ labels }) => labels)])
const someAssignees = z.looseObject({ assignees: z.array(z.string()).default([]) })
const newLabel = z.looseObject({
  name: z.string(),
  color: z.string().default('ededed'),
  description: z.string().nullish(),
})

/** Of a repository that no token here can read. */
const ELSEWHERE = 2

export const issueRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/issues', (call) => {
      needRead(world.store.doc, call.var.actor, 'issues')
      const state = call.req.query('state') ?? 'open'
      const labels = (call.req.query('labels') ?? '').split(',').filter((label) => label !== '')
      const creator = call.req.query('creator')
      const since = call.req.query('since')
      const found = world.store.doc.issues
        .filter((issue) => state === 'all' || issue.state === state)
        .filter((issue) => labels.every((label) => issue.labels.includes(label)))
        .filter((issue) => creator === undefined || issue.author === creator)
        .filter((issue) => since === undefined || Date.parse(issue.updatedAt) >= Date.parse(since))
        .toSorted((one, other) => other.number - one.number)
      if (call.req.query('direction') === 'asc') found.reverse()
      return call.json(pageOf(call, found).map((issue) => issueShape(world, issue)))
    })
    .post('/issues', async (call) => {
      const { title, body, labels } = await bodyOf(call, newIssue)
      const issue = await createIssue(world, call.var.actor, { title, body: body ?? null, labels })
      return call.json(issueShape(world, issue), 201)
    })
    .get('/issues/:number', (call) => {
      needRead(world.store.doc, call.var.actor, 'issues', 'pull-requests')
      const isGone = world.store.doc.issues.some((one) => one.number === numberIn(call, 'number') && one.transferred)
      if (isGone) return call.redirect(`${world.urls.api}/repositories/${ELSEWHERE}/issues/1`, 301)
      return call.json(issueShape(world, findIssue(world, numberIn(call, 'number'))))
    })
    .patch('/issues/:number', async (call) => {
      const issue = findIssue(world, numberIn(call, 'number'))
      const { state_reason, ...change } = await bodyOf(call, issueChange)
      await updateIssue(world, call.var.actor, issue, { ...change, stateReason: state_reason ?? undefined })
      return call.json(issueShape(world, issue))
    })

export const assigneeRoutes = (world: World) =>
  new Hono<HubEnv>().post('/issues/:number/assignees', async (call) => {
    const issue = findIssue(world, numberIn(call, 'number'))
    needWrite(call.var.actor, threadKeys(issue))
    const { assignees } = await bodyOf(call, someAssignees)
    await assignPeople(world, call.var.actor, issue, assignees)
    return call.json(issueShape(world, issue), 201)
  })

export const lockRoutes = (world: World) =>
  new Hono<HubEnv>().on(['PUT', 'DELETE'], '/issues/:number/lock', (call) => {
    const issue = findIssue(world, numberIn(call, 'number'))
    needWrite(call.var.actor, threadKeys(issue))
    issue.locked = call.req.method === 'PUT'
    world.store.changed()
    return call.body(null, 204)
  })

export const labelRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/labels', (call) => call.json(pageOf(call, world.store.doc.labels).map((label) => labelShape(world, label))))
    .post('/labels', async (call) => {
      needWrite(call.var.actor, ['issues', 'pull-requests'])
      const { name, color, description } = await bodyOf(call, newLabel)
      if (labelNamed(world, name) !== undefined)
        throw invalid({ resource: 'Label', code: 'already_exists', field: 'name' })
      return call.json(labelShape(world, createLabel(world, name, color, description ?? null)), 201)
    })
    .get('/labels/:name', (call) => {
      const label = labelNamed(world, call.req.param('name'))
      if (label === undefined) throw notFound()
      return call.json(labelShape(world, label))
    })
    .get('/issues/:number/labels', (call) =>
      call.json(pageOf(call, issueLabels(world, findIssue(world, numberIn(call, 'number'))))),
    )
    .on(['POST', 'PUT'], '/issues/:number/labels', async (call) => {
      const issue = findIssue(world, numberIn(call, 'number'))
      needWrite(call.var.actor, threadKeys(issue))
      const names = await bodyOf(call, someLabels)
      if (call.req.method === 'PUT') issue.labels = []
      await emitLabeled(world, call.var.actor, issue, addLabels(world, issue, names))
      return call.json(issueLabels(world, issue))
    })
    .delete('/issues/:number/labels', (call) => {
      const issue = findIssue(world, numberIn(call, 'number'))
      needEditor(call.var.actor, issue)
      issue.labels = []
      world.store.changed()
      return call.body(null, 204)
    })
    .delete('/issues/:number/labels/:name', (call) => {
      const issue = findIssue(world, numberIn(call, 'number'))
      needWrite(call.var.actor, threadKeys(issue))
      const name = labelNamed(world, call.req.param('name'))?.name
      if (name === undefined || !issue.labels.includes(name)) throw notFound()
      issue.labels = issue.labels.filter((label) => label !== name)
      world.store.changed()
      return call.json(issueLabels(world, issue))
    })
