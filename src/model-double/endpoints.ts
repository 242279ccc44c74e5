import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ScriptedAnswer } from './answer.ts'
import { answerProblem } from './answer-check.ts'
import { type BoundedAnswer, boundAnswer } from './assistant-content.ts'
import { countBody, type MessageBody, messageBody } from './body.ts'
import { headersRefusal } from './credentials.ts'
import { type Connection, deliver, type MidFault, untilClosed } from './deliver.ts'
import { type ErrorType, invalidRequest, type RefusedRequest, refuseRequest, STATUS_OF } from './fault.ts'
import type { LoggedRequest } from './log.ts'
import { type Envelope, messageOf, usageOf } from './message.ts'
import { promptTokens, segmentsOf } from './prompt.ts'
import { answerJson, answerRefused, type Read, readBody, requestBody } from './receive.ts'
import { type ParsedRequest, parsedRequest } from './request.ts'
import type { Reply } from './script.ts'
import type { DoubleState } from './server-state.ts'
import { type StreamStep, streamStepsOf } from './stream.ts'
import { countRefusalOf, requestRefusal } from './validate/validate.ts'

/** An empty answer to a request that only fills the cache: no script is asked for it. */
const PREWARMED: ScriptedAnswer = { kind: 'answer', parts: [], stop: 'max_tokens', pace: {} }

/** POST /v1/messages. */
export async function answerMessages(state: DoubleState, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const call = openCall(state, res, state.log.open(req.headers))
  try {
    const read = await accepted(state, req)
    if (!read.ok) return refuseCall(call, read.refused)
    state.log.note(call.logged, { body: read.value })
    await answerRequest(call, parsedRequest(read.value))
  } finally {
    state.log.end(call.logged)
  }
}

async function accepted(state: DoubleState, req: IncomingMessage): Promise<Read<MessageBody>> {
  const raw = await requestBody(req)
  if (raw === null)
    return { ok: false, refused: refuseRequest('request_too_large', 'Request exceeds the maximum size') }
  const unwelcome = headersRefusal(req.headers, state.apiKey, state.isToken)
  if (unwelcome !== null) return { ok: false, refused: unwelcome }
  const read = readBody(messageBody, raw)
  if (!read.ok) return read
  const refused = requestRefusal(read.value, state.models, state.signatures)
  return refused === null ? read : { ok: false, refused }
}

async function answerRequest(call: Call, request: ParsedRequest): Promise<void> {
  try {
    const reply = await untilClosed(call.signal, ask(call.state, request))
    if (reply === undefined) return
    if (reply === null) return unmatched(call, request)
    call.state.log.note(call.logged, { reply })
    await give(call, request, reply)
  } catch (error) {
    if (call.res.headersSent) throw error
    mistaken(call, `it failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function ask(state: DoubleState, request: ParsedRequest): Promise<Reply | null> {
  const n = state.nextNumber()
  return request.body.max_tokens === 0 ? PREWARMED : state.script(request, { n, matched: n })
}

function unmatched(call: Call, { model, lastText }: ParsedRequest): void {
  const start = lastText.slice(0, 200)
  call.state.unmatched.push({ n: call.logged.n, model, lastText: start })
  refuseCall(call, invalidRequest(`No rule of the script matches this request. The user said last: ${start}`))
}

async function give(call: Call, request: ParsedRequest, reply: Reply): Promise<void> {
  const { body } = request
  if (reply.kind === 'status') return failAtOnce(call, reply.status, reply.error, reply.retryAfter)
  // Where nothing streams there is no event: the error is the whole answer.
  if (reply.kind === 'error-event' && body.stream !== true) return failAtOnce(call, STATUS_OF[reply.error], reply.error)
  const fault = reply.kind === 'answer' ? null : reply
  const answer = reply.kind === 'answer' ? reply : reply.answer
  const mistake = fault?.filler === true ? null : answerProblem(answer, request, call.state.check)
  return mistake === null ? send(call, body, answer, fault) : mistaken(call, mistake)
}

function failAtOnce(
  { state, res, logged, requestId }: Call,
  status: number,
  error: ErrorType,
  after: number | null = null,
) {
  const headers: Record<string, string> = after === null ? {} : { 'retry-after': String(after) }
  state.log.note(logged, { status })
  answerRefused(res, { status, error, message: `As the script has it: ${error}` }, requestId, headers)
}

/** One request to /v1/messages, while it is answered. */
interface Call {
  readonly state: DoubleState
  readonly res: ServerResponse
  readonly logged: LoggedRequest
  /** Fires when the client has left or the server is closed. */
  readonly signal: AbortSignal
  readonly requestId: string
}

function openCall(state: DoubleState, res: ServerResponse, logged: LoggedRequest): Call {
  const left = new AbortController()
  res.on('close', () => {
    if (!res.writableFinished && !state.closing.aborted && !isReset(logged))
      state.log.note(logged, { clientLeft: true })
    left.abort()
  })
  const requestId = `req_${String(logged.n).padStart(6, '0')}`
  return { state, res, logged, signal: AbortSignal.any([left.signal, state.closing]), requestId }
}

const isReset = ({ reply }: LoggedRequest): boolean => reply !== null && 'kind' in reply && reply.kind === 'reset'

function refuseCall(call: Call, refused: RefusedRequest, headers: Readonly<Record<string, string>> = {}): void {
  call.state.log.note(call.logged, { reply: refused, status: refused.status })
  answerRefused(call.res, refused, call.requestId, headers)
}

/** The script is wrong: a retry would not help. */
function mistaken(call: Call, message: string): void {
  call.state.mistakes.push(`request ${call.logged.n}: ${message}`)
  refuseCall(call, refuseRequest('api_error', `The script is wrong: ${message}`), { 'x-should-retry': 'false' })
}

/** Sends an answer, or as much of it as the fault lets through, and notes what it cost. */
async function send(call: Call, body: MessageBody, answer: ScriptedAnswer, fault: MidFault | null): Promise<void> {
  const { state, logged } = call
  const plan = state.cache.plan(body.model, segmentsOf(body), state.models[body.model]?.cacheMinimum ?? 0)
  const envelope: Envelope = { id: `msg_${String(logged.n).padStart(6, '0')}`, body, usage: plan.usage }
  const bounded = boundAnswer(answer, body, logged.n, state.signatures.sign)
  const begun = (): void => {
    plan.commit()
    state.log.note(logged, { status: 200, usage: usageOf(envelope, bounded) })
  }
  const streaming = body.stream === true
  const steps = streaming
    ? streamStepsOf(envelope, bounded, answer.pace, state.chunk)
    : wholeSteps(envelope, bounded, answer)
  await deliver(steps, lineOf(call, streaming, begun), answer.pace.milliseconds ?? 0, fault)
}

/** Without streaming, the answer is sent whole after all its holds. */
function wholeSteps(envelope: Envelope, bounded: BoundedAnswer, { pace }: ScriptedAnswer): StreamStep[] {
  return [
    ...(pace.holds ?? []).map(({ until }): StreamStep => ({ type: 'hold', until })),
    { type: 'send', text: JSON.stringify(messageOf(envelope, bounded)), delta: false },
  ]
}

function lineOf({ state, res, signal, requestId }: Call, streaming: boolean, begun: () => void): Connection {
  const type = streaming ? 'text/event-stream; charset=utf-8' : 'application/json'
  const headers = { 'content-type': type, 'cache-control': 'no-cache', 'request-id': requestId }
  return { res, signal, headers, requestId, begun, wait: (seconds, until) => state.clock.wait(seconds, until) }
}

const REQUEST_ID = 'req_count'

/** POST /v1/messages/count_tokens: what the prompt of the same request would cost, nothing said. */
export async function answerCount(state: DoubleState, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const raw = await requestBody(req)
  if (raw === null)
    return answerRefused(res, refuseRequest('request_too_large', 'Request exceeds the maximum size'), REQUEST_ID)
  const unwelcome = headersRefusal(req.headers, state.apiKey, state.isToken)
  if (unwelcome !== null) return answerRefused(res, unwelcome, REQUEST_ID)
  const read = readBody(countBody, raw)
  if (!read.ok) return answerRefused(res, read.refused, REQUEST_ID)
  const refused = countRefusalOf(read.value, state.models, state.signatures)
  if (refused !== null) return answerRefused(res, refused, REQUEST_ID)
  answerJson(res, 200, { input_tokens: promptTokens(segmentsOf(read.value)) }, { 'request-id': REQUEST_ID })
}
