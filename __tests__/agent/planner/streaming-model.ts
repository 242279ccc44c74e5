import type { Model, ModelAnswer, ModelRequest } from '../../../src/ports/model.ts'
import { fails, says } from '../../support/said-model.ts'

/** Texts of one call: each but the last broke off and began anew. */
export type Streamed = readonly { text: string; upTo?: number }[]

export interface StreamingModel extends Model {
  requests: ModelRequest[]
  /** Characters of the current try that were handed over, and the size of the last piece. */
  at: { pushed: number; piece: number }
  /** Whether each call was stopped before its end. */
  stopped: boolean[]
}

/** Streams each call's text in pieces of the given sizes, and lets everything settle after each of them. */
export function streamingModel(all: readonly Streamed[], sizeOf: () => number): StreamingModel {
  const model: StreamingModel = {
    requests: [],
    at: { pushed: 0, piece: 0 },
    stopped: [],
    async ask(request) {
      const tries = all[model.requests.length]
      model.requests.push(request)
      if (tries === undefined) throw new Error(`call ${model.requests.length} was not given an answer`)
      for (const [index, { text, upTo = text.length }] of tries.entries()) {
        if (index > 0) request.onRestart?.()
        if (await hasStopped(model, request, text.slice(0, upTo), sizeOf)) return stop(model)
      }
      model.stopped.push(false)
      return says(tries.at(-1)?.text ?? '')
    },
  }
  return model
}

function stop(model: StreamingModel): ModelAnswer {
  model.stopped.push(true)
  return fails('aborted')
}

async function hasStopped(model: StreamingModel, request: ModelRequest, text: string, sizeOf: () => number) {
  model.at = { pushed: 0, piece: 0 }
  while (model.at.pushed < text.length) {
    const piece = text.slice(model.at.pushed, model.at.pushed + sizeOf())
    model.at = { pushed: model.at.pushed + piece.length, piece: piece.length }
    request.onText?.(piece)
    await settled()
    if (request.signal.aborted) return true
  }
  return false
}

/** Whatever was waiting for what has just been said has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve))
