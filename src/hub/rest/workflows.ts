import { Hono } from 'hono'
import { z } from 'zod'
import { needRead } from '../access/permission.ts'
import { listWorkflows, readWorkflow } from '../git/workflows.ts'
import { dispatchWorkflow } from '../mutations/dispatch.ts'
import { notFound } from '../refusal.ts'
import { workflowShape } from '../representations/run.ts'
import type { WorkflowRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { bodyOf, type HubEnv, pageOf, type RestCall } from './request.ts'
import { listRuns } from './runs.ts'

const newDispatch = z.looseObject({
  ref: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  return_run_details: z.boolean().default(false),
})

/** From this version of the API on, every dispatch answers with its run. */
const DETAILS_SINCE = '2026-03-10'

export const workflowRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/actions/workflows', async (call) => {
      needRead(world.store.doc, call.var.actor, 'actions')
      const all = await listWorkflows(world)
      const workflows = await Promise.all(pageOf(call, all).map((workflow) => shown(world, workflow)))
      return call.json({ total_count: all.length, workflows })
    })
    .get('/actions/workflows/:workflow', async (call) => call.json(await shown(world, await workflowOf(world, call))))
    .get('/actions/workflows/:workflow/runs', async (call) => {
      const { path } = await workflowOf(world, call)
      return listRuns(world, call, (run) => run.path === path)
    })
    .post('/actions/workflows/:workflow/dispatches', async (call) => {
      const { ref, inputs, return_run_details } = await bodyOf(call, newDispatch)
      const { path } = await workflowOf(world, call)
      const run = await dispatchWorkflow(world, call.var.actor, path, { ref, inputs })
      const details = return_run_details || (call.req.header('x-github-api-version') ?? '') >= DETAILS_SINCE
      if (!details || run === null) return call.body(null, 204)
      const tail = `/actions/runs/${run}`
      return call.json({ workflow_run_id: run, run_url: world.urls.repo + tail, html_url: world.urls.html + tail })
    })

/** Finds a workflow by its id or its file name. */
async function workflowOf(world: World, call: RestCall): Promise<WorkflowRecord> {
  needRead(world.store.doc, call.var.actor, 'actions')
  const wanted = call.req.param('workflow') ?? ''
  const found = (await listWorkflows(world)).find(
    ({ id, path }) => String(id) === wanted || path === wanted || path.endsWith(`/${wanted}`),
  )
  if (found === undefined) throw notFound()
  return found
}

async function shown(world: World, workflow: WorkflowRecord) {
  const file = await readWorkflow(world, `refs/heads/${world.store.doc.defaultBranch}`, workflow.path)
  return workflowShape(world, workflow, file?.name ?? workflow.path)
}
