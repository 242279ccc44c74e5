import { Hono } from 'hono'
import { z } from 'zod'
import { needAdmin } from '../who/permission.ts'
import type { World } from '../world.ts'
import { bodyOf, type HubEnv, pageOf } from './kit.ts'

const workflowPermissions = z.looseObject({
  default_workflow_permissions: z.enum(['read', 'write']).optional(),
  can_approve_pull_request_reviews: z.boolean().optional(),
})

/** What `doctor` looks at: settings and the names of secrets, for administrators alone. */
export const actionsSettingsRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/actions/permissions', (call) => {
      needAdmin(call.var.actor)
      return call.json({ enabled: true, allowed_actions: 'all', sha_pinning_required: false })
    })
    .get('/actions/permissions/workflow', (call) => {
      needAdmin(call.var.actor)
      const { settings } = world.store.doc
      return call.json({
        default_workflow_permissions: settings.defaultWorkflowPermissions,
        can_approve_pull_request_reviews: settings.allowActionsToCreatePulls,
      })
    })
    .put('/actions/permissions/workflow', async (call) => {
      needAdmin(call.var.actor)
      const wish = await bodyOf(call, workflowPermissions)
      const { settings } = world.store.doc
      settings.defaultWorkflowPermissions = wish.default_workflow_permissions ?? settings.defaultWorkflowPermissions
      settings.allowActionsToCreatePulls = wish.can_approve_pull_request_reviews ?? settings.allowActionsToCreatePulls
      world.store.changed()
      return call.body(null, 204)
    })
    .get('/actions/secrets', (call) => {
      needAdmin(call.var.actor)
      const names = Object.keys(world.secrets).toSorted()
      const at = world.store.doc.createdAt
      const secrets = pageOf(call, names).map((name) => ({ name, created_at: at, updated_at: at }))
      return call.json({ total_count: names.length, secrets })
    })
