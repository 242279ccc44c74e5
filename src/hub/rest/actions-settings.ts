import { Hono } from 'hono'
import { z } from 'zod'
import { needAdmin, needRead } from '../access/permission.ts'
import { notFound, Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { bodyOf, type HubEnv, pageOf, restOf } from './request.ts'

const workflowPermissions = z.looseObject({
  default_workflow_permissions: z.enum(['read', 'write']).optional(),
  can_approve_pull_request_reviews: z.boolean().optional(),
})

/** What `doctor` reads: settings and names of secrets (administrators only), and rules (all readers). */
export const actionsSettingsRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/actions/permissions', (call) => {
      needAdmin(call.var.actor)
      const { allowedActions, shaPinningRequired } = world.store.doc.settings
      return call.json({ enabled: true, allowed_actions: allowedActions, sha_pinning_required: shaPinningRequired })
    })
    .get('/actions/permissions/selected-actions', (call) => {
      needAdmin(call.var.actor)
      const { allowedActions, allowedPatterns } = world.store.doc.settings
      if (allowedActions !== 'selected') throw new Refusal(409, 'Conflict')
      return call.json({ github_owned_allowed: true, verified_allowed: false, patterns_allowed: allowedPatterns })
    })
    .get('/actions/permissions/access', (call) => {
      needAdmin(call.var.actor)
      return call.json({ access_level: 'none' })
    })
    .get('/actions/organization-secrets', (call) => {
      needAdmin(call.var.actor)
      return call.json({ total_count: 0, secrets: [] })
    })
    .get('/rules/branches/*', (call) => {
      needRead(world.store.doc, call.var.actor)
      const isOurs = restOf(call, '/rules/branches/').startsWith('tributary/')
      const { owner, repo, settings } = world.store.doc
      const source = { ruleset_source_type: 'Repository' as const, ruleset_source: `${owner}/${repo}`, ruleset_id: 1 }
      return call.json(isOurs ? settings.branchRules.map((type) => ({ type, ...source })) : [])
    })
    .get('/rulesets/:ruleset_id', (call) => {
      needRead(world.store.doc, call.var.actor)
      const { owner, repo, settings } = world.store.doc
      if (call.req.param('ruleset_id') !== '1' || settings.branchRules.length === 0) throw notFound()
      return call.json({
        id: 1,
        name: 'Branches of runs',
        target: 'branch',
        source_type: 'Repository',
        source: `${owner}/${repo}`,
        enforcement: 'active',
        conditions: { ref_name: { include: ['refs/heads/tributary/**'], exclude: [] } },
        rules: settings.branchRules.map((type) => ({ type })),
        current_user_can_bypass: settings.bypass,
      })
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
      const change = await bodyOf(call, workflowPermissions)
      const { settings } = world.store.doc
      settings.defaultWorkflowPermissions = change.default_workflow_permissions ?? settings.defaultWorkflowPermissions
      settings.allowActionsToCreatePulls = change.can_approve_pull_request_reviews ?? settings.allowActionsToCreatePulls
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
