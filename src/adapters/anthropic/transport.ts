import type { Anthropic } from '@anthropic-ai/sdk'
import { noUsage } from '../../core/money/usage.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CallUsage, ModelAnswer, ModelRequest } from '../../ports/model.ts'
import type { SdkAccess } from './access.ts'
import { type IdleLimits, type IdleTimeout, idleTimeout } from './idle-timeout.ts'
import { endedEarly, type ModelError, modelErrorOf } from './model-error.ts'
import { paramsOf } from './request.ts'
import { type Assembled, assembly } from './stream-assembly.ts'

export interface Transport {
  access: SdkAccess
  clock: Clock
  silence: IdleLimits
}

export type TryResult =
  | { ok: true; answer: Extract<ModelAnswer, { ok: true }> }
  | { ok: false; trouble: ModelError; spent: CallUsage }

/** One request to the API and its answer, to the end of either. */
export async function tryOnce(way: Transport, request: ModelRequest): Promise<TryResult> {
  const watch = idleTimeout(way.clock, way.silence)
  const parts = assembly(request.onText)
  try {
    const trouble = await streamed(way, request, watch, (event) => {
      if (event.type === 'message_start') request.onStart?.()
      parts.take(event)
    })
    return trouble === null ? finished(parts.sofar()) : broken(trouble, parts.sofar())
  } finally {
    watch.stop()
  }
}

/** Null where the stream came to its end. What `take` throws is a bug and passes through. */
async function streamed(
  { access, clock }: Transport,
  request: ModelRequest,
  watch: IdleTimeout,
  take: (event: Anthropic.RawMessageStreamEvent) => void,
): Promise<ModelError | null> {
  const { sdk, client } = await access.client(watch.fetch)
  const opened = client.messages.create(paramsOf(request), { signal: request.signal })
  for await (const heard of resultsOf(opened)) {
    if (heard.ok) take(heard.event)
    else
      return modelErrorOf(heard.error, sdk, {
        now: clock.now(),
        sent: watch.sent(),
        stalled: watch.stalled(),
        aborted: request.signal.aborted,
      })
  }
  // The SDK ends its iterator without a word when a request is aborted.
  return request.signal.aborted
    ? modelErrorOf(null, sdk, { now: clock.now(), sent: true, stalled: null, aborted: true })
    : null
}

type Heard = { ok: true; event: Anthropic.RawMessageStreamEvent } | { ok: false; error: unknown }

/** Errors of the stream as values: what its reader throws is another matter, and does not come by here. */
async function* resultsOf(opened: PromiseLike<AsyncIterable<Anthropic.RawMessageStreamEvent>>): AsyncGenerator<Heard> {
  try {
    for await (const event of await opened) yield { ok: true, event }
  } catch (error) {
    yield { ok: false, error }
  }
}

function finished(assembled: Assembled): TryResult {
  const { blocks, usage, stop, ended } = assembled
  if (!ended || stop === null) return broken(endedEarly, assembled)
  if (stop === 'model_context_window_exceeded') {
    const detail = 'the prompt and the answer together are longer than the model reads'
    return broken({ ...endedEarly, reason: 'too-long', detail, passing: false }, assembled)
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
    // Only the API's own tools pause. To go on is another call, which nobody has set money aside for here.
    case 'pause_turn':
      return 'length'
    default:
      return 'end'
  }
}

const broken = (trouble: ModelError, { usage, told }: Assembled): TryResult => ({
  ok: false,
  trouble,
  spent: trouble.free ? { usage: noUsage, unsure: false } : { usage, unsure: !told },
})
