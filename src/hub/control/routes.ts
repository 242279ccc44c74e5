import { Hono } from 'hono'
import { z } from 'zod'
import { needAdmin } from '../access/permission.ts'
import { findIssue } from '../mutations/find.ts'
import { authenticate } from '../rest/middleware.ts'
import type { RateLimit } from '../rest/rate.ts'
import { bodyOf, type HubEnv } from '../rest/request.ts'
import { BRANCH_RULES } from '../store/document.ts'
import { urlsOf } from '../urls.ts'
import type { World } from '../world.ts'
import { faultSchema } from './faults.ts'

const faultList = z.union([z.array(faultSchema), faultSchema.transform((fault) => [fault])])
const settingsChange = z.strictObject({
  allowActionsToCreatePulls: z.boolean().optional(),
  draftPulls: z.boolean().optional(),
  refuseCustomRefs: z.boolean().optional(),
  archived: z.boolean().optional(),
  allowAutoMerge: z.boolean().optional(),
  requiredApprovals: z.int().nonnegative().optional(),
  private: z.boolean().optional(),
  workflowRule: z.enum(['commits', 'trees']).optional(),
  branchRules: z.array(z.enum(BRANCH_RULES)).optional(),
  bypass: z.enum(['never', 'always']).optional(),
  defaultWorkflowPermissions: z.enum(['read', 'write']).optional(),
})

const transfer = z.strictObject({ issue: z.number().int().positive() })
const renaming = z.strictObject({ name: z.string().regex(/^[\w.-]+$/) })
const amount = z.number().int().positive()
const publishedLimits = z.strictObject({
  hour: amount.optional(),
  minute: amount.optional(),
  requests: amount.optional(),
  contentHour: amount.optional(),
  contentMinute: amount.optional(),
  restPoints: amount.optional(),
  graphqlPoints: amount.optional(),
})
const rateLeft = z.strictObject({
  resource: z.enum(['core', 'graphql']),
  remaining: z.number().int().nonnegative(),
  seconds: z.number().int().positive(),
})

/** The hub's own endpoints, for tests and the demo, with the token of `admin`. GitHub has none of them. */
export const controlRoutes = (world: World, rate: RateLimit) =>
  new Hono<HubEnv>()
    .use('/_hub/*', authenticate(world), async (call, next) => {
      needAdmin(call.var.actor)
      await next()
    })
    .get('/_hub/metrics', (call) => call.json(world.metrics.report(world.store.doc.jobs)))
    .post('/_hub/metrics/reset', (call) => {
      world.metrics.reset()
      return call.body(null, 204)
    })
    .get('/_hub/faults', (call) => call.json(world.faults.list()))
    .post('/_hub/faults', async (call) => {
      world.faults.add(await bodyOf(call, faultList))
      world.killRunning()
      return call.json(world.faults.list(), 201)
    })
    .delete('/_hub/faults', (call) => {
      world.faults.clear()
      return call.body(null, 204)
    })
    .post('/_hub/rate', async (call) => {
      const { resource, remaining, seconds } = await bodyOf(call, rateLeft)
      rate.leave(resource, remaining, seconds)
      return call.body(null, 204)
    })
    .post('/_hub/limits', async (call) => {
      rate.enforce(await bodyOf(call, publishedLimits))
      return call.body(null, 204)
    })
    .post('/_hub/transfer', async (call) => {
      const { issue } = await bodyOf(call, transfer)
      findIssue(world, issue).transferred = true
      world.store.changed()
      return call.body(null, 204)
    })
    .post('/_hub/rename', async (call) => {
      const { name } = await bodyOf(call, renaming)
      renameRepository(world, name)
      return call.body(null, 204)
    })
    .post('/_hub/link', (call) => call.json({ link: world.link() }))
    .get('/_hub/settings', (call) => call.json(world.store.doc.settings))
    .post('/_hub/settings', async (call) => {
      const change = await bodyOf(call, settingsChange)
      Object.assign(world.store.doc.settings, change)
      world.store.changed()
      return call.json(world.store.doc.settings)
    })
    .get('/_hub/state', async (call) => call.json(await stateOf(world)))
    .get('/_hub/idle', async (call) => {
      await world.runner().idle()
      return call.json({ idle: true })
    })

/** What the old name leads to is redirected from now on. */
function renameRepository({ store: { doc, changed }, urls }: World, name: string): void {
  doc.formerNames = [...(doc.formerNames ?? []), `${doc.owner}/${doc.repo}`]
  doc.repo = name
  Object.assign(urls, urlsOf(doc.port ?? 0, doc.owner, doc.repo))
  changed()
}

/** The hub's whole state, without tokens and secrets. */
async function stateOf(world: World) {
  const { tokens: _, jobTokens: __, secret: ___, port: ____, ...visible } = world.store.doc
  return {
    ...visible,
    secrets: Object.keys(world.secrets),
    refs: await world.git.refs('refs/'),
    faults: world.faults.list(),
    metrics: world.metrics.report(world.store.doc.jobs),
  }
}
