import { noUsage, tokensOf } from '../../core/money/usage.ts'
import type { Clock } from '../../ports/clock.ts'
import type { CallUsage, Model, ModelAnswer, ModelRequest } from '../../ports/model.ts'
import { type AccessOptions, openAccess } from './access.ts'
import type { IdleLimits } from './idle-timeout.ts'
import { type ModelError, pauseAfter } from './model-error.ts'
import { type Transport, tryOnce } from './transport.ts'

export interface ModelOptions extends AccessOptions {
  clock: Clock
  /** Told of every try that is repeated. */
  log: (line: string) => void
  /** 0 to 1, as Math.random gives it. */
  random?: () => number
  silence?: IdleLimits
}

/** The API sends a ping every few seconds once it streams; before that it may have a million tokens to read. */
const SILENCE: IdleLimits = { start: 240, stream: 90 }
/** Characters of a detail. */
const LONGEST_DETAIL = 500

/** Claude, by its API. Nothing is loaded and nobody is asked before the first call. */
export function openModel({ clock, log, random = Math.random, silence = SILENCE, ...access }: ModelOptions): Model {
  const way = { access: openAccess(access), clock, silence }
  return { ask: (request) => ask(way, log, random, { ...request, onStart: once(request.onStart) }) }
}

/** How often this request was tried, and whether the credential was renewed for it. */
interface Course {
  tries: number
  renewed: boolean
}

async function ask(
  way: Transport,
  log: (line: string) => void,
  random: () => number,
  request: ModelRequest,
): Promise<ModelAnswer> {
  let course: Course = { tries: 0, renewed: false }
  for (;;) {
    const tried = await tryOnce(way, request)
    if (tried.ok) return tried.answer
    const { trouble, spent } = tried
    course = { ...course, tries: course.tries + 1 }
    const renews = trouble.stale && !course.renewed && way.access.renew()
    const pause = renews ? 0 : trouble.passing ? pauseAfter(course.tries, trouble.after, random) : null
    if (pause === null || !paidFor(request, spent)) return failed(way, trouble, spent)
    log(`${request.model}: ${told(way, trouble)}; try ${course.tries + 1} in ${Math.round(pause)} s`)
    await way.clock.wait(pause, request.signal)
    if (request.signal.aborted) return failed(way, { ...trouble, reason: 'aborted', detail: 'stopped' }, nothing)
    request.onRestart?.()
    course = { ...course, renewed: course.renewed || renews }
  }
}

const nothing: CallUsage = { usage: noUsage, unsure: false }

const paidFor = ({ mayRetry }: ModelRequest, spent: CallUsage): boolean =>
  (tokensOf(spent.usage) === 0 && !spent.unsure) || mayRetry?.(spent) === true

const failed = (way: Transport, trouble: ModelError, spent: CallUsage): ModelAnswer => ({
  ok: false,
  failure: { reason: trouble.reason, detail: told(way, trouble) },
  ...spent,
})

/** Redacted before it is cut: half a secret is found by nobody. */
const told = ({ access }: Transport, { detail }: ModelError): string => access.redact(detail).slice(0, LONGEST_DETAIL)

function once(call: (() => void) | undefined): () => void {
  let done = false
  return () => {
    if (!done) call?.()
    done = true
  }
}
