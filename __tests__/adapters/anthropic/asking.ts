import { type ModelOptions, openModel } from '../../../src/adapters/anthropic/model.ts'
import type { Clock } from '../../../src/ports/clock.ts'
import type { Block, CallUsage, Model, ModelAnswer, ModelMessage, ModelRequest } from '../../../src/ports/model.ts'
import { MODEL_KEY } from '../../support/model.ts'

/** Seconds of silence that no test lasts; waits of that length are the watch, shorter ones are pauses between tries. */
const LONG = 100_000

/** Pauses between tries take no time and are counted; the watch over the bytes waits until it is called off. */
export function pausingClock(onPause: (seconds: number) => void = () => {}): Clock & { pauses: number[] } {
  let now = Date.parse('2026-01-02T03:04:05.000Z')
  const pauses: number[] = []
  return {
    pauses,
    now: () => new Date(now),
    wait: async (seconds, signal) => {
      if (seconds >= LONG) return untilFired(signal)
      pauses.push(seconds)
      now += seconds * 1000
      onPause(seconds)
    },
  }
}

const untilFired = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) resolve()
    else signal?.addEventListener('abort', () => resolve(), { once: true })
  })

export interface Asked {
  model: Model
  pauses: readonly number[]
  lines: readonly string[]
}

/** The adapter at this address, with a clock of its own, no chance in its pauses, and its log kept. */
export function modelAt({ url }: { url: string }, options: Partial<ModelOptions> = {}): Asked {
  const clock = pausingClock()
  const lines: string[] = []
  const model = openModel({
    credentials: { kind: 'key', key: MODEL_KEY },
    baseUrl: url,
    clock,
    log: (line) => lines.push(line),
    random: () => 0,
    idleLimits: { start: LONG, stream: LONG },
    ...options,
  })
  return { model, pauses: clock.pauses, lines }
}

export const user = (text: string): ModelMessage => ({ role: 'user', blocks: [{ kind: 'text', text }] })

export const asks = (...turns: ModelMessage[]): ModelRequest => ({
  model: 'claude-sonnet-5-5',
  system: [],
  tools: [],
  turns: turns.length === 0 ? [user('Hello')] : turns,
  maxTokens: 1000,
  schema: null,
  signal: new AbortController().signal,
})

/** A request that pays for every try, and what it was told. */
export function paying(request: ModelRequest): { request: ModelRequest; tried: CallUsage[]; text: () => string } {
  const tried: CallUsage[] = []
  let text = ''
  return {
    tried,
    text: () => text,
    request: {
      ...request,
      mayRetry: (spent) => tried.push(spent) > 0,
      onText: (piece) => {
        text += piece
      },
      onRestart: () => {
        text = ''
      },
    },
  }
}

export function answered(answer: ModelAnswer): Extract<ModelAnswer, { ok: true }> {
  if (!answer.ok) throw new Error(`${answer.failure.reason}: ${answer.failure.detail}`)
  return answer
}

export function refused(answer: ModelAnswer): Extract<ModelAnswer, { ok: false }> {
  if (answer.ok) throw new Error(`answered: ${JSON.stringify(answer.blocks)}`)
  return answer
}

export const words = (text: string): Block => ({ kind: 'text', text })
