import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import type { Call } from './kit.ts'

const DOCS = 'https://docs.github.com/rest'

export function refusalBody(refusal: Refusal) {
  const errors = refusal.errors === undefined ? {} : { errors: refusal.errors }
  return { message: refusal.message, ...errors, documentation_url: DOCS, status: String(refusal.status) }
}

export function answerError(world: World, call: Call, error: unknown): Response {
  if (error instanceof Refusal) return call.json(refusalBody(error), error.status as ContentfulStatusCode)
  world.log(`${call.req.method} ${call.req.path}: ${error instanceof Error ? error.stack : String(error)}`)
  return call.json(refusalBody(new Refusal(500, 'Server Error')), 500)
}

/** GitHub has many routes that the hub has not: say which one was asked for. */
export function answerUnknown(world: World, call: Call): Response {
  const route = `${call.req.method} ${call.req.path}`
  world.log(`no such route: ${route}`)
  return call.json(refusalBody(new Refusal(404, `Not Found: the hub has no route ${route}`)), 404)
}
