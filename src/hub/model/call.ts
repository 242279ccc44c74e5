import type { ServerResponse } from 'node:http'
import type { SeenRequest } from './log.ts'
import { answerRefused } from './receive.ts'
import { type Refused, refuse } from './refusal.ts'
import type { World } from './world.ts'

/** One request to /v1/messages, while it is answered. */
export interface Call {
  readonly world: World
  readonly res: ServerResponse
  readonly seen: SeenRequest
  /** Fires when the client has left or the server is closed. */
  readonly signal: AbortSignal
  readonly requestId: string
}

export function openCall(world: World, res: ServerResponse, seen: SeenRequest): Call {
  const left = new AbortController()
  res.on('close', () => {
    if (!res.writableFinished && !world.closing.aborted && !isReset(seen)) world.log.note(seen, { clientLeft: true })
    left.abort()
  })
  const requestId = `req_${String(seen.n).padStart(6, '0')}`
  return { world, res, seen, signal: AbortSignal.any([left.signal, world.closing]), requestId }
}

const isReset = ({ reply }: SeenRequest): boolean => reply !== null && 'kind' in reply && reply.kind === 'reset'

export function refuseCall(call: Call, refused: Refused, headers: Readonly<Record<string, string>> = {}): void {
  call.world.log.note(call.seen, { reply: refused, status: refused.status })
  answerRefused(call.res, refused, call.requestId, headers)
}

/** The script is wrong, and would be as wrong at a second try. */
export function mistaken(call: Call, message: string): void {
  call.world.mistakes.push(`request ${call.seen.n}: ${message}`)
  refuseCall(call, refuse('api_error', `The script is wrong: ${message}`), { 'x-should-retry': 'false' })
}
