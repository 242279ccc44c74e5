import { Hono } from 'hono'
import { z } from 'zod'
import { needRead } from '../access/permission.ts'
import { taskOfRequest } from '../control/task.ts'
import { type CheckChange, createCheck, updateCheck } from '../mutations/checks.ts'
import { findCheck, orNotFound } from '../mutations/find.ts'
import { Refusal } from '../refusal.ts'
import { checkShape, suiteShape } from '../representations/check.ts'
import type { CheckRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { bodyOf, type HubEnv, numberIn, pageOf, type RestCall } from './request.ts'

const CONCLUSIONS = [
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'success',
  'skipped',
  'stale',
  'timed_out',
] as const

export const annotation = z.looseObject({
  path: z.string(),
  start_line: z.number().int(),
  end_line: z.number().int(),
  start_column: z.number().int().nullable().default(null),
  end_column: z.number().int().nullable().default(null),
  annotation_level: z.enum(['notice', 'warning', 'failure']),
  message: z.string(),
  title: z.string().nullable().default(null),
  raw_details: z.string().nullable().default(null),
})
const output = z.looseObject({
  title: z.string().optional(),
  summary: z.string(),
  text: z.string().optional(),
  annotations: z.array(annotation).optional(),
})
const checkFields = {
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  status: z.enum(['queued', 'in_progress', 'completed']).optional(),
  started_at: z.string().optional(),
  conclusion: z.enum(CONCLUSIONS).optional(),
  completed_at: z.string().optional(),
  output: output.optional(),
}
const newCheck = z.looseObject({ name: z.string(), head_sha: z.string(), ...checkFields })
const checkChange = z.looseObject({ name: z.string().optional(), ...checkFields })

const changeOf = (body: z.infer<typeof checkChange>): CheckChange => ({
  name: body.name,
  detailsUrl: body.details_url,
  externalId: body.external_id,
  status: body.status,
  conclusion: body.conclusion,
  startedAt: body.started_at,
  completedAt: body.completed_at,
  output: body.output,
})

export const checkRoutes = (world: World) =>
  new Hono<HubEnv>()
    .post('/check-runs', async (call) => {
      const body = await bodyOf(call, newCheck)
      call.set('task', taskOfRequest(body.external_id, body.name))
      const check = await createCheck(world, call.var.actor, body.head_sha, body.name, changeOf(body))
      return call.json(checkShape(world, check), 201)
    })
    .get('/check-runs/:id', (call) => call.json(checkShape(world, checkOf(world, call))))
    .patch('/check-runs/:id', async (call) => {
      const check = checkOf(world, call)
      updateCheck(world, call.var.actor, check, changeOf(await bodyOf(call, checkChange)))
      return call.json(checkShape(world, check))
    })
    .get('/check-runs/:id/annotations', (call) => {
      const { output, headSha } = checkOf(world, call)
      const shown = output.annotations.map((one) => ({
        ...one,
        blob_href: `${world.urls.html}/blob/${headSha}/${one.path}`,
      }))
      return call.json(pageOf(call, shown))
    })
    .get('/check-suites/:id', (call) => {
      const id = numberIn(call, 'id')
      return call.json(suiteShape(world, orNotFound(world.store.doc.suites.find((suite) => suite.id === id))))
    })
    .get('/check-suites/:id/check-runs', (call) => {
      const id = numberIn(call, 'id')
      return listed(
        world,
        call,
        world.store.doc.checks.filter((check) => check.suite === id),
      )
    })
    .get('/commits/:ref{.+}/check-runs', async (call) => {
      const sha = await commitIn(world, call)
      return listed(
        world,
        call,
        world.store.doc.checks.filter((check) => check.headSha === sha),
      )
    })
    .get('/commits/:ref{.+}/check-suites', async (call) => {
      const sha = await commitIn(world, call)
      const suites = world.store.doc.suites.filter((suite) => suite.headSha === sha)
      return call.json({
        total_count: suites.length,
        check_suites: pageOf(call, suites).map((suite) => suiteShape(world, suite)),
      })
    })

function checkOf(world: World, call: RestCall): CheckRecord {
  needRead(world.store.doc, call.var.actor, 'checks')
  const check = findCheck(world, numberIn(call, 'id'))
  call.set('task', taskOfRequest(check.externalId, check.name))
  return check
}

async function commitIn(world: World, call: RestCall): Promise<string> {
  const ref = call.req.param('ref') ?? ''
  const names = [`refs/heads/${ref}`, `refs/tags/${ref}`, ref]
  for (const name of names) {
    const sha = await world.git.commitOf(name)
    if (sha !== null) return sha
  }
  throw new Refusal(422, `No commit found for SHA: ${ref}`)
}

function listed(world: World, call: RestCall, checks: readonly CheckRecord[]): Response {
  needRead(world.store.doc, call.var.actor, 'checks')
  const { check_name, status, filter = 'latest' } = call.req.query()
  const found = checks
    .filter((check) => check_name === undefined || check.name === check_name)
    .filter((check) => status === undefined || check.status === status)
    .filter(
      (check, _, all) => filter === 'all' || !all.some((other) => other.name === check.name && other.id > check.id),
    )
    .toSorted((one, other) => other.id - one.id)
  return call.json({
    total_count: found.length,
    check_runs: pageOf(call, found).map((check) => checkShape(world, check)),
  })
}
