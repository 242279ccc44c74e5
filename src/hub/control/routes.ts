import { Hono } from 'hono'
import { z } from 'zod'
import { needAdmin } from '../access/permission.ts'
import { authenticate } from '../rest/middleware.ts'
import { bodyOf, type HubEnv } from '../rest/request.ts'
import type { World } from '../world.ts'
import { faultSchema } from './faults.ts'

const faultList = z.union([z.array(faultSchema), faultSchema.transform((fault) => [fault])])
const settingsChange = z.strictObject({
  allowActionsToCreatePulls: z.boolean().optional(),
  draftPulls: z.boolean().optional(),
  refuseCustomRefs: z.boolean().optional(),
  private: z.boolean().optional(),
  defaultWorkflowPermissions: z.enum(['read', 'write']).optional(),
})

/** The hub's own endpoints, for tests and the demo, with the token of `admin`. GitHub has none of them. */
export const controlRoutes = (world: World) =>
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
