import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { identify } from '../access/actor.ts'
import type { Fault } from '../control/faults.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { errorBody } from './errors.ts'
import { type RateLimit, rateShape } from './rate.ts'
import type { HubEnv, RestCall } from './request.ts'

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
    const writes = call.var.writes ?? (call.req.method === 'GET' || graphql ? 0 : 1)
    const count = {
      ...(notModified ? { not_modified: 1 } : { requests: 1 }),
      ...(graphql ? { graphql: 1 } : { content_writes: writes }),
    }
    world.metrics.add(count, { actor, task, route: routeOf(call) })
  }

/** The route as GitHub's documentation writes it: `GET /repos/{owner}/{repo}/issues/{number}`. */
export function routeOf(call: RestCall): string {
  const own = matchedRoutes(call).findLast((route) => route.method !== 'ALL')
  const path = (own?.path ?? call.req.path).replace(/^\/api\/v3/, '').replace(/:(\w+)(\{[^}]*\})?/g, '{$1}')
  return `${call.req.method} ${path}`
}

export const rateHeaders =
  (rate: RateLimit): Middleware =>
  async (call, next) => {
    await next()
    const free = call.res.status === 304 || !call.req.path.startsWith('/api/v3/')
    if (!free) rate.use(call.var.actor)
    const shown = rateShape(rate.of(call.var.actor))
    call.res.headers.set('x-ratelimit-limit', String(shown.limit))
    call.res.headers.set('x-ratelimit-remaining', String(shown.remaining))
    call.res.headers.set('x-ratelimit-used', String(shown.used))
    call.res.headers.set('x-ratelimit-reset', String(shown.reset))
    call.res.headers.set('x-ratelimit-resource', call.req.path === '/api/graphql' ? 'graphql' : 'core')
    call.res.headers.set('x-github-request-id', randomUUID())
    call.res.headers.set('x-github-media-type', 'github.v3; format=json')
  }

/** Kills a job in the middle of a request: before the request is executed, or after it and before the job reads the answer. */
export const killSenders =
  (world: World): Middleware =>
  async (call, next) => {
    const actor = identify(world.store.doc, call.req.header('authorization'))
    const job = actor?.kind === 'job' ? world.store.doc.jobs.find(({ id }) => id === actor.token.job) : undefined
    const { pathname, search } = new URL(call.req.url)
    const when = job === undefined ? null : world.faults.killSender(job.name, call.req.method, pathname + search)
    if (job === undefined || when === null) return next()
    if (when === 'after') await next()
    world.runner().kill(job.id)
    call.res = undefined
    call.res = new Response(null, { status: 503 })
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
