import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import { type MessageBody, messageBody } from './body.ts'
import { type Call, mistaken, openCall, refuseCall } from './call.ts'
import { headersRefusal } from './credentials.ts'
import { type ErrorType, STATUS_OF } from './fault.ts'
import { mistakeIn } from './fits.ts'
import { untilLeft } from './leave.ts'
import { type Read, readBody } from './read-body.ts'
import { answerRefused, bodyOf } from './receive.ts'
import { invalid, refuse } from './refusal.ts'
import { type ParsedRequest, parsedRequest } from './request.ts'
import type { Reply } from './script.ts'
import { send } from './send.ts'
import { refusalOf } from './validate.ts'
import type { World } from './world.ts'

/** An empty answer to a request that only fills the cache: no script is asked for it. */
const PREWARMED: Answer = { kind: 'answer', parts: [], stop: 'max_tokens', pace: {} }

/** POST /v1/messages. */
export async function answerMessages(world: World, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const call = openCall(world, res, world.log.open(req.headers))
  try {
    const read = await accepted(world, req)
    if (!read.ok) return refuseCall(call, read.refused)
    world.log.note(call.seen, { body: read.value })
    await answerRequest(call, parsedRequest(read.value))
  } finally {
    world.log.end(call.seen)
  }
}

async function accepted(world: World, req: IncomingMessage): Promise<Read<MessageBody>> {
  const raw = await bodyOf(req)
  if (raw === null) return { ok: false, refused: refuse('request_too_large', 'Request exceeds the maximum size') }
  const unwelcome = headersRefusal(req.headers, world.apiKey, world.isToken)
  if (unwelcome !== null) return { ok: false, refused: unwelcome }
  const read = readBody(messageBody, raw)
  if (!read.ok) return read
  const refused = refusalOf(read.value, world.models, world.signatures)
  return refused === null ? read : { ok: false, refused }
}

async function answerRequest(call: Call, request: ParsedRequest): Promise<void> {
  try {
    const reply = await untilLeft(call.signal, ask(call.world, request))
    if (reply === undefined) return
    if (reply === null) return unmatched(call, request)
    call.world.log.note(call.seen, { reply })
    await give(call, request, reply)
  } catch (error) {
    if (call.res.headersSent) throw error
    mistaken(call, `it failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function ask(world: World, request: ParsedRequest): Promise<Reply | null> {
  const n = world.nextTurn()
  return request.body.max_tokens === 0 ? PREWARMED : world.script(request, { n, matched: n })
}

function unmatched(call: Call, { model, lastText }: ParsedRequest): void {
  const start = lastText.slice(0, 200)
  call.world.unmatched.push({ n: call.seen.n, model, lastText: start })
  refuseCall(call, invalid(`No rule of the script matches this request. The user said last: ${start}`))
}

async function give(call: Call, request: ParsedRequest, reply: Reply): Promise<void> {
  const { body } = request
  if (reply.kind === 'status') return failAtOnce(call, reply.status, reply.error, reply.retryAfter)
  // Where nothing streams there is no event: the error is the whole answer.
  if (reply.kind === 'error-event' && body.stream !== true) return failAtOnce(call, STATUS_OF[reply.error], reply.error)
  const fault = reply.kind === 'answer' ? null : reply
  const answer = reply.kind === 'answer' ? reply : reply.answer
  const mistake = fault?.filler === true ? null : mistakeIn(answer, request, call.world.check)
  return mistake === null ? send(call, body, answer, fault) : mistaken(call, mistake)
}

function failAtOnce(
  { world, res, seen, requestId }: Call,
  status: number,
  error: ErrorType,
  after: number | null = null,
) {
  const headers: Record<string, string> = after === null ? {} : { 'retry-after': String(after) }
  world.log.note(seen, { status })
  answerRefused(res, { status, error, message: `As the script has it: ${error}` }, requestId, headers)
}
