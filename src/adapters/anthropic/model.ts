import { noUsage, tokensOf } from '../../core/money/usage.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CallUsage, Model, ModelAnswer, ModelFailure, ModelRequest } from '../../ports/model.ts'
import { type AccessOptions, openAccess } from './access.ts'
import type { IdleLimits } from './idle-timeout.ts'
import { isLastTry, type ModelError, retryPause } from './model-error.ts'
import { countOnce, type Transport, tryOnce } from './transport.ts'

export interface ModelOptions extends AccessOptions {
  clock: Clock
  /** Called with a line for every retry. */
  log: (line: string) => void
  /** 0 to 1, as Math.random returns. */
  random?: () => number
  idleLimits?: IdleLimits
}

/** The API pings every few seconds while it streams; before that it may have to read a million tokens. */
const IDLE_LIMITS: IdleLimits = { start: 240, stream: 90 }
/** In characters. */
const LONGEST_DETAIL = 500

/** Claude, by its API. Loads the SDK and sends requests only with the first call. */
export function openModel({
  clock,
  log,
  random = Math.random,
  idleLimits = IDLE_LIMITS,
  ...access
}: ModelOptions): Model {
  const transport = { access: openAccess(access), clock, idleLimits }
  return {
    ask: (request) => ask(transport, log, random, { ...request, onStart: once(request.onStart) }),
    count: (request) => countOnce(transport, request),
  }
}

/** The tries of a request so far, and whether its credential was renewed. */
interface RetryState {
  tries: number
  renewed: boolean
  /** When the first try failed. */
  since: Date | null
}

async function ask(
  transport: Transport,
  log: (line: string) => void,
  random: () => number,
  request: ModelRequest,
): Promise<ModelAnswer> {
  let state: RetryState = { tries: 0, renewed: false, since: null }
  for (;;) {
    const tried = await tryOnce(transport, request)
    if (tried.ok) return tried.answer
    const { error, spent } = tried
    const since = state.since ?? transport.clock.now()
    state = { ...state, tries: state.tries + 1, since }
    const failure = failureOf(transport, error, since)
    const renews = error.stale && !state.renewed && transport.access.renew()
    const pause = renews ? 0 : error.transient ? pauseOf(transport, state, error.after, random, request) : null
    if (pause === null || !paidFor(request, spent)) return { ok: false, failure, ...spent }
    if (!renews) request.onPause?.({ seconds: pause, failure })
    log(`${request.model}: ${detailOf(transport, error)}; try ${state.tries + 1} in ${Math.round(pause)} s`)
    await transport.clock.wait(pause, request.signal)
    if (request.signal.aborted) return { ok: false, failure: { reason: 'aborted', detail: 'stopped' }, ...noCost }
    request.onRestart?.()
    state = { ...state, renewed: state.renewed || renews }
  }
}

const noCost: CallUsage = { usage: noUsage, unsure: false }

const paidFor = ({ mayRetry }: ModelRequest, spent: CallUsage): boolean =>
  (tokensOf(spent.usage) === 0 && !spent.unsure) || mayRetry?.(spent) === true

/** Seconds until the next try; null if there is none. */
function pauseOf(
  { clock }: Transport,
  { tries, since }: RetryState,
  after: number | null,
  random: () => number,
  { retrySeconds = 0 }: ModelRequest,
): number | null {
  const waited = since === null ? 0 : (clock.now().getTime() - since.getTime()) / 1000
  const pause = retryPause(tries, after, random)
  return isLastTry(tries) && waited + pause > retrySeconds ? null : pause
}

function failureOf(transport: Transport, error: ModelError, since: Date): ModelFailure {
  const { reason } = error
  const detail = detailOf(transport, error)
  return reason === 'overloaded' || reason === 'unreachable'
    ? { reason, detail, since: since.toISOString() }
    : { reason, detail }
}

/** Redacted before it is cut, since a redactor does not find half a secret. */
const detailOf = ({ access }: Transport, { detail }: ModelError): string =>
  access.redact(detail).slice(0, LONGEST_DETAIL)

function once(call: (() => void) | undefined): () => void {
  let done = false
  return () => {
    if (!done) call?.()
    done = true
  }
}
