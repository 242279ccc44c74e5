import { BUSY_MINUTES } from '../../../core/schedule/parked.ts'
import type { Model } from '../../../ports/model.ts'
import type { Session } from '../session/session.ts'

/** A shorter pause is not worth a word to people. In seconds. */
const SAID = 30

/** A model that waits while it is busy, for `retrySeconds`; without it, until a person should know. `gaveUp` says whether that was reached. */
export function stageModel(
  session: Session,
  model: Model,
  retrySeconds = BUSY_MINUTES * 60,
): Model & { gaveUp(): boolean } {
  let gaveUp = false
  return {
    ...model,
    gaveUp: () => gaveUp,
    async ask(request) {
      const call = {}
      const answer = await model.ask({
        ...request,
        retrySeconds,
        onPause: ({ seconds, failure }) => {
          if (seconds < SAID || !('since' in failure)) return
          const why = session.deps.redact(`${failure.reason}: ${failure.detail}`)
          session.waitingCalls.set(call, { since: failure.since, why })
        },
      })
      session.waitingCalls.delete(call)
      gaveUp = !answer.ok && 'since' in answer.failure
      return answer
    },
  }
}
