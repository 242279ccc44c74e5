import type { Model, ModelRequest } from '../ports/model.ts'

type Pause = Parameters<NonNullable<ModelRequest['onPause']>>[0]

interface Waiting {
  /** Seconds for which a call that begins now is retried while the model is busy. */
  retrySeconds(): number
  /** Before each pause between two tries of a call. */
  onPause(pause: Pause, call: object): void
  onEnd?(call: object): void
}

/** A model that waits while it is busy. `gaveUp` says whether the last call ended because it still was. */
export function waitingModel(model: Model, { retrySeconds, onPause, onEnd }: Waiting): Model & { gaveUp(): boolean } {
  let gaveUp = false
  return {
    ...model,
    gaveUp: () => gaveUp,
    async ask(request) {
      const call = {}
      const waits = { retrySeconds: retrySeconds(), onPause: (pause: Pause) => onPause(pause, call) }
      const answer = await model.ask({ ...request, ...waits })
      onEnd?.(call)
      gaveUp = !answer.ok && 'since' in answer.failure
      return answer
    },
  }
}
