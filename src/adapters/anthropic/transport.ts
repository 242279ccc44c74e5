import type { Anthropic } from '@anthropic-ai/sdk'
import { noUsage } from '../../core/money/usage.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CallUsage, ModelAnswer, ModelRequest } from '../../ports/model.ts'
import type { SdkAccess } from './access.ts'
import { type IdleLimits, type IdleTimeout, idleTimeout } from './idle-timeout.ts'
import { endedEarly, type ModelError, modelErrorOf } from './model-error.ts'
import { countParamsOf, paramsOf } from './request.ts'
import { type Assembled, assembly } from './stream-assembly.ts'

export interface Transport {
  access: SdkAccess
  clock: Clock
  idleLimits: IdleLimits
}

export type TryResult =
  | { ok: true; answer: Extract<ModelAnswer, { ok: true }> }
  | { ok: false; error: ModelError; spent: CallUsage }

/** Sends a request once, and reads its answer to the end. */
export async function tryOnce(transport: Transport, request: ModelRequest): Promise<TryResult> {
  const watch = idleTimeout(transport.clock, transport.idleLimits)
  const parts = assembly(request.onText)
  try {
    const error = await streamed(transport, request, watch, (event) => {
      if (event.type === 'message_start') request.onStart?.()
      parts.take(event)
    })
    return error === null ? finishedTry(parts.current()) : failedTry(error, parts.current())
  } finally {
    watch.stop()
  }
}

/** In milliseconds: a call waits for it, and can do without. */
const COUNTED_WITHIN = 20_000

/** Tokens of a prompt; null if the API gives no answer. */
export async function countOnce({ access }: Transport, request: ModelRequest): Promise<number | null> {
  const { client } = await access.client(fetch)
  const options = { signal: request.signal, timeout: COUNTED_WITHIN }
  const counted = await client.messages.countTokens(countParamsOf(request), options).catch(() => null)
  return counted?.input_tokens ?? null
}

/** Null if the stream ended normally. What `take` throws is a bug, and is rethrown. */
async function streamed(
  { access, clock }: Transport,
  request: ModelRequest,
  watch: IdleTimeout,
  take: (event: Anthropic.RawMessageStreamEvent) => void,
): Promise<ModelError | null> {
  const { sdk, client } = await access.client(watch.fetch)
  const opened = client.messages.create(paramsOf(request), { signal: request.signal })
  for await (const item of resultsOf(opened)) {
    if (item.ok) take(item.event)
    else
      return modelErrorOf(item.error, sdk, {
        now: clock.now(),
        sent: watch.sent(),
        stalled: watch.stalled(),
        aborted: request.signal.aborted,
      })
  }
  // The SDK ends its iterator without an error when a request is aborted.
  return request.signal.aborted
    ? modelErrorOf(null, sdk, { now: clock.now(), sent: true, stalled: null, aborted: true })
    : null
}

type StreamItem = { ok: true; event: Anthropic.RawMessageStreamEvent } | { ok: false; error: unknown }

/** Errors of the stream as values, so that those of its reader are not taken for them. */
async function* resultsOf(
  opened: PromiseLike<AsyncIterable<Anthropic.RawMessageStreamEvent>>,
): AsyncGenerator<StreamItem> {
  try {
    for await (const event of await opened) yield { ok: true, event }
  } catch (error) {
    yield { ok: false, error }
  }
}

function finishedTry(assembled: Assembled): TryResult {
  const { blocks, usage, stop, ended } = assembled
  if (!ended || stop === null) return failedTry(endedEarly, assembled)
  if (stop === 'model_context_window_exceeded') {
    const detail = 'the prompt and the answer together are longer than the model reads'
    return failedTry({ ...endedEarly, reason: 'too-long', detail, transient: false }, assembled)
  }
  return { ok: true, answer: { ok: true, stop: stopOf(stop), blocks, usage, unsure: false } }
}

function stopOf(stop: Anthropic.StopReason): Extract<ModelAnswer, { ok: true }>['stop'] {
  switch (stop) {
    case 'tool_use':
      return 'calls'
    case 'refusal':
      return 'refused'
    case 'max_tokens':
    // Only the API's own tools pause. Continuing is another call, for which no money is reserved here.
    case 'pause_turn':
      return 'length'
    default:
      return 'end'
  }
}

const failedTry = (error: ModelError, { usage, usageReported }: Assembled): TryResult => ({
  ok: false,
  error,
  spent: error.free ? { usage: noUsage, unsure: false } : { usage, unsure: !usageReported },
})
