import type { Model, ModelAnswer, ModelRequest } from '../../../src/ports/model.ts'
import { fails, says } from '../../support/said-model.ts'

/** The texts of one call: all but the last are broken off, after `upTo` characters, and the call restarts. */
export type Streamed = readonly { text: string; upTo?: number }[]

export interface StreamingModel extends Model {
  requests: ModelRequest[]
  /** Characters pushed in the current try, and the size of the last piece. */
  at: { pushed: number; piece: number }
  /** For each call, whether it was aborted. */
  stopped: boolean[]
}

/** Streams the text of each call in pieces of these sizes, and waits after each until all pending callbacks have run. */
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

/** Resolves after all pending callbacks. */
const settled = () => new Promise((resolve) => setImmediate(resolve))
