import { randomUUID } from 'node:crypto'
import { parse } from 'graphql'
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { z } from 'zod'
import { readRuntimeToken } from '../../loopback/sign.ts'
import { type Actor, identify } from '../access/actor.ts'
import type { Fault } from '../control/faults.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { errorBody } from './errors.ts'
import type { RequestCost } from './published-limits.ts'
import { type RateLimit, type RateResource, rateShape } from './rate.ts'
import { bodyOf, type HubEnv, type RestCall } from './request.ts'

type Middleware = MiddlewareHandler<HubEnv>

/**
 * Another web page, open in the same browser, must not be able to act here: not one of another server on this machine, not
 * one without an origin (a sandboxed frame, a file), and not by a name that was made to lead here.
 */
export const guard = (): Middleware => async (call, next) => {
  const host = call.req.header('host') ?? ''
  const origin = call.req.header('origin')
  const ours = isLoopback(host.replace(/:\d+$/, '')) && (origin === undefined || origin === `http://${host}`)
  if (!ours) return call.json(errorBody(403, 'The hub answers on loopback only'), 403)
  await next()
}

const isLoopback = (host: string): boolean =>
  host === '127.0.0.1' || host === 'localhost' || host.endsWith('.localhost')

export const authenticate =
  (world: World): Middleware =>
  async (call, next) => {
    const actor = identify(world.store.doc, call.req.header('authorization'))
    if (actor === null) throw new Refusal(401, 'Bad credentials')
    call.set('actor', actor)
    await next()
  }

/** Counts each answered request by route, actor and task, and whether it counts towards the rate limit. */
export const countRequests =
  (world: World): Middleware =>
  async (call, next) => {
    await next()
    const { actor, task } = call.var
    const path = call.req.path
    if (/^\/(twirp|_blobs)\//.test(path)) world.metrics.add({ artifact_requests: 1 }, { actor, task })
    if (!path.startsWith('/api/')) return
    const notModified = call.res.status === 304
    const graphql = path === '/api/graphql'
    const writes = call.req.method === 'GET' || graphql ? 0 : 1
    const count = {
      ...(notModified ? { not_modified: 1 } : { requests: 1 }),
      ...(graphql ? { graphql: 1 } : { content_writes: writes }),
    }
    const route = routeOf(call)
    const write = !graphql && writes > 0 ? { write: route } : {}
    world.metrics.add(count, { actor, task, route, ...write })
  }

/** The route as GitHub's documentation writes it: `GET /repos/{owner}/{repo}/issues/{number}`. */
export function routeOf(call: RestCall): string {
  const own = matchedRoutes(call).findLast((route) => route.method !== 'ALL')
  const path = (own?.path ?? call.req.path).replace(/^\/api\/v3/, '').replace(/:(\w+)(\{[^}]*\})?/g, '{$1}')
  return `${call.req.method} ${path}`
}

/** A used-up limit refuses, but only if it is enforced: a hub's own runs may do more in an hour. */
export const rateHeaders =
  (world: World, rate: RateLimit): Middleware =>
  async (call, next) => {
    const resource = call.req.path === '/api/graphql' ? 'graphql' : 'core'
    const { actor } = call.var
    const refused = rate.refuses(actor, resource) ? overLimit(resource) : await overSecondary(rate, actor, call)
    if (refused !== null) {
      world.metrics.add({ limited: 1 }, { actor, task: null })
      call.res = refused
    } else {
      await next()
      if (call.res.status !== 304) rate.use(call.var.actor, resource)
    }
    const shown = rateShape(rate.of(call.var.actor, resource))
    for (const name of ['limit', 'remaining', 'used', 'reset'] as const)
      if (!call.res.headers.has(`x-ratelimit-${name}`)) call.res.headers.set(`x-ratelimit-${name}`, String(shown[name]))
    call.res.headers.set('x-ratelimit-resource', resource)
    call.res.headers.set('x-github-request-id', randomUUID())
    call.res.headers.set('x-github-media-type', 'github.v3; format=json')
  }

const EXCEEDED = 'API rate limit exceeded for installation ID 1.'

const overLimit = (resource: RateResource): Response =>
  resource === 'core'
    ? Response.json(errorBody(403, EXCEEDED), { status: 403 })
    : Response.json({ errors: [{ type: 'RATE_LIMIT', code: 'graphql_rate_limit', message: EXCEEDED }] })

/** GitHub names no remaining number of these; it says how long to wait. */
async function overSecondary(rate: RateLimit, actor: Actor, call: RestCall): Promise<Response | null> {
  if (!rate.hasSecondary(actor)) return null
  const refusal = rate.take(actor, await costOf(call))
  if (refusal === null) return null
  const body = errorBody(403, SECONDARY[refusal.of])
  return Response.json(body, { status: 403, headers: { 'retry-after': `${Math.ceil(refusal.seconds)}` } })
}

const SECONDARY = {
  points: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  content:
    'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.',
} as const

/** A dispatch, and a moved ref, is a write that nobody reads. */
async function costOf(call: RestCall): Promise<RequestCost> {
  if (call.req.path !== '/api/graphql') {
    const isWrite = call.req.method !== 'GET'
    const content = isWrite && !/\/(?:dispatches|git\/refs.*)$/.test(call.req.path)
    return { of: 'rest', points: isWrite ? 5 : 1, content: content ? 1 : 0 }
  }
  const { query = '' } = await bodyOf(call, graphqlBody)
  const content = mutationsIn(query).filter((name) => name !== 'updateRefs').length
  return { of: 'graphql', points: /^\s*mutation\b/.test(query) ? 5 : 1, content }
}

const graphqlBody = z.object({ query: z.string().optional() })

/** The fields of a mutation, in order. */
function mutationsIn(query: string): string[] {
  try {
    return parse(query).definitions.flatMap((one) =>
      one.kind === 'OperationDefinition' && one.operation === 'mutation'
        ? one.selectionSet.selections.flatMap((field) => (field.kind === 'Field' ? [field.name.value] : []))
        : [],
    )
  } catch {
    // The route says what is wrong with it.
    return []
  }
}

/** A token that ends in the middle of its job. */
export const expireTokens =
  (world: World): Middleware =>
  async (call, next) => {
    const actor = identify(world.store.doc, call.req.header('authorization'))
    const job = actor?.kind === 'job' ? world.store.doc.jobs.find(({ id }) => id === actor.token.job) : undefined
    if (actor?.kind === 'job' && job !== undefined && world.faults.expire(job.name, call.req.path)) {
      actor.token.revoked = true
      world.store.changed()
    }
    await next()
  }

/** GraphQL's limits: the answer is a 200 with the refusal in its body. */
export const limitGraphql =
  (world: World): Middleware =>
  async (call, next) => {
    const { query = '' } = await bodyOf(call, graphqlBody)
    const limit = world.faults.graphqlLimit(() => mutationsIn(query).length)
    if (limit === null) return next()
    const message = limit.type === 'RESOURCE_LIMITS_EXCEEDED' ? 'Resource limits for this query exceeded.' : EXCEEDED
    const code = limit.type === 'RATE_LIMIT' ? { code: 'graphql_rate_limit' } : {}
    return Response.json({ errors: [{ type: limit.type, ...code, message }] }, { headers: limit.headers })
  }

/** Kills a job in the middle of a request: before the request is executed, or after it and before the job reads the answer. */
export const killSenders =
  (world: World): Middleware =>
  async (call, next) => {
    const sender = senderOf(world, call)
    const job = sender === null ? undefined : world.store.doc.jobs.find(({ id }) => id === sender)
    const { pathname, search } = new URL(call.req.url)
    const when = job === undefined ? null : world.faults.killSender(job.name, call.req.method, pathname + search)
    if (job === undefined || when === null) return next()
    if (when === 'after') await next()
    world.runner().kill(job.id)
    call.res = undefined
    call.res = new Response(null, { status: 503 })
  }

/** The job that sends a request, with its GITHUB_TOKEN or, to the artifact service, its runtime token. */
function senderOf({ store: { doc } }: World, call: RestCall): number | null {
  const given = call.req.header('authorization')
  const actor = identify(doc, given)
  if (actor?.kind === 'job') return actor.token.job
  return readRuntimeToken(doc.secret, given?.replace(/^bearer /i, '') ?? '')?.job ?? null
}

const ARCHIVED = 'Repository was archived so is read-only.'

/** The routes of GraphQL ask `needLive` for each mutation. */
export const refuseIfArchived =
  (world: World): Middleware =>
  async (call, next) => {
    if (call.req.method !== 'GET') needLive(world)
    await next()
  }

export function needLive({ store }: World): void {
  if (store.doc.settings.archived) throw new Refusal(403, ARCHIVED)
}

/** `status` answers instead of the hub, `status-after` after the hub has executed the request. */
export const injectFaults =
  (world: World): Middleware =>
  async (call, next) => {
    const { pathname, search } = new URL(call.req.url)
    const before = world.faults.forRequest('status', call.req.method, pathname + search)
    if (before !== null) return failed(before)
    await next()
    if (!call.res.ok) return
    const after = world.faults.forRequest('status-after', call.req.method, pathname + search)
    if (after === null) return
    await call.res.body?.cancel()
    call.res = failed(after)
  }

function failed(fault: Extract<Fault, { status: number }>): Response {
  const body = errorBody(fault.status, fault.message)
  return Response.json(body, { status: fault.status, headers: fault.headers })
}

/** One request and its answer, to be checked against GitHub's description. */
export interface Exchange {
  method: string
  path: string
  query: Record<string, string>
  requestBody: string
  status: number
  contentType: string
  responseBody: string
}
export type Observer = (exchange: Exchange) => void

export const observeExchanges =
  (observe: Observer): Middleware =>
  async (call, next) => {
    const requestBody = call.req.method === 'GET' ? '' : await call.req.text()
    await next()
    const contentType = call.res.headers.get('content-type') ?? ''
    const responseBody = contentType.startsWith('application/json') ? await call.res.clone().text() : ''
    const path = call.req.path.replace(/^\/api\/v3/, '')
    const { method } = call.req
    observe({ method, path, query: call.req.query(), requestBody, status: call.res.status, contentType, responseBody })
  }
