import { Hono } from 'hono'
import { needRead, needWrite } from '../access/permission.ts'
import { signedUrl } from '../artifacts/blobs.ts'
import { workflowAt } from '../git/workflows.ts'
import type { JobRecord, WorkflowRunRecord } from '../host.ts'
import { orNotFound } from '../mutations/find.ts'
import { notFound, Refusal } from '../refusal.ts'
import { jobShape, runShape } from '../representations/run.ts'
import { hasJobLog } from '../runner/job/job-log.ts'
import type { World } from '../world.ts'
import { type HubEnv, numberIn, pageOf, type RestCall } from './request.ts'

export const runRoutes = (world: World) =>
  new Hono<HubEnv>()
    .get('/actions/runs', (call) => listRuns(world, call, () => true))
    .get('/actions/runs/:id', async (call) => call.json(await shown(world, runOf(world, call))))
    .post('/actions/runs/:id/cancel', (call) => cancel(world, call))
    .post('/actions/runs/:id/force-cancel', (call) => cancel(world, call))
    .get('/actions/runs/:id/jobs', (call) => {
      const run = runOf(world, call)
      const all = call.req.query('filter') === 'all'
      const jobs = world.store.doc.jobs
        .filter((job) => job.run_id === run.id)
        .filter((job) => all || job.run_attempt === run.run_attempt)
      const page = pageOf(call, jobs)
      return call.json({ total_count: jobs.length, jobs: page.map((job) => jobShape(world, job, run)) })
    })
    .get('/actions/jobs/:id', (call) => {
      const job = jobOf(world, call)
      return call.json(
        jobShape(
          world,
          job,
          world.store.doc.runs.find((run) => run.id === job.run_id),
        ),
      )
    })
    .get('/actions/jobs/:id/logs', (call) => {
      if (call.var.actor.kind === 'anonymous') throw new Refusal(403, 'Must have admin rights to Repository.')
      const job = jobOf(world, call)
      if (!hasJobLog(world.dataDir, job.id)) throw notFound()
      return call.redirect(signedUrl(world, 'log', job), 302)
    })

export async function listRuns(
  world: World,
  call: RestCall,
  among: (run: WorkflowRunRecord) => boolean,
): Promise<Response> {
  needRead(world.store.doc, call.var.actor, 'actions')
  const { event, status, branch, head_sha, actor, created } = call.req.query()
  const inTime = timeFilter(created)
  const found = world.store.doc.runs
    .filter(among)
    .filter((run) => event === undefined || run.event === event)
    // GitHub takes conclusions in the same place.
    .filter((run) => status === undefined || run.status === status || run.conclusion === status)
    .filter((run) => branch === undefined || run.head_branch === branch)
    .filter((run) => head_sha === undefined || run.head_sha === head_sha)
    .filter((run) => actor === undefined || run.actor === actor)
    .filter((run) => inTime(Date.parse(run.created_at)))
    .toSorted((one, other) => other.id - one.id)
  const workflow_runs = await Promise.all(pageOf(call, found).map((run) => shown(world, run)))
  return call.json({ total_count: found.length, workflow_runs })
}

/** `>=X`, `>X`, `<=X`, `<X`, `X..Y` (either end may be `*`), or a day. */
function timeFilter(created: string | undefined): (time: number) => boolean {
  if (created === undefined) return () => true
  const [from, to] = created.split('..')
  if (to !== undefined) return (time) => !(time < Date.parse(from ?? '')) && !(time > Date.parse(to))
  const [, sign = '', text = ''] = /^(>=|<=|>|<)?(.*)$/.exec(created) ?? []
  const limit = Date.parse(text)
  if (sign === '>=') return (time) => time >= limit
  if (sign === '>') return (time) => time > limit
  if (sign === '<=') return (time) => time <= limit
  if (sign === '<') return (time) => time < limit
  return (time) => new Date(time).toISOString().startsWith(text)
}

const shown = (world: World, run: WorkflowRunRecord) => runShape(world, run, workflowAt(world, run.path).id)

function runOf(world: World, call: RestCall): WorkflowRunRecord {
  needRead(world.store.doc, call.var.actor, 'actions')
  const id = numberIn(call, 'id')
  return orNotFound(world.store.doc.runs.find((run) => run.id === id))
}

function jobOf(world: World, call: RestCall): JobRecord {
  needRead(world.store.doc, call.var.actor, 'actions')
  const id = numberIn(call, 'id')
  return orNotFound(world.store.doc.jobs.find((job) => job.id === id))
}

function cancel(world: World, call: RestCall): Response {
  needWrite(call.var.actor, ['actions'], 'Must have admin rights to Repository.')
  const run = runOf(world, call)
  if (run.status === 'completed' || !world.runner().cancel(run.id)) {
    throw new Refusal(409, 'Cannot cancel a workflow run that is completed.')
  }
  return call.json({}, 202)
}
