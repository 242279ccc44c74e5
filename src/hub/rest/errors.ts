import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import type { RestCall } from './request.ts'

const DOCS = 'https://docs.github.com/rest'

/** An error body in GitHub's format. */
export const errorBody = (status: number, message: string, errors?: Refusal['errors']) => ({
  message,
  ...(errors === undefined ? {} : { errors }),
  documentation_url: DOCS,
  status: String(status),
})

/** As it was sent: decoded, it could hold signs that change the terminal it is printed in. */
export const routeIn = ({ req }: Pick<RestCall, 'req'>): string => `${req.method} ${new URL(req.url).pathname}`

export function answerError(world: World, call: RestCall, error: unknown): Response {
  if (error instanceof Refusal) return call.json(errorBody(error.status, error.message, error.errors), error.status)
  world.log(`${routeIn(call)}: ${error instanceof Error ? error.stack : String(error)}`)
  return call.json(errorBody(500, 'Server Error'), 500)
}

/** The hub lacks many routes of GitHub: the answer names the missing one. */
export function answerUnknown(world: World, call: RestCall): Response {
  const route = routeIn(call)
  world.log(`no such route: ${route}`)
  return call.json(errorBody(404, `Not Found: the hub has no route ${route}`), 404)
}
