import type { Clock } from '../../ports/clock.ts'
import type { Model, ModelRequest } from '../../ports/model.ts'

/** Seconds for which a call in a slot waits for a model that is busy. Then the task is parked, so that the slot can end. */
const SLOT_WAIT = 600

/** A model that waits while it is busy, but not beyond the life of the slot. `onPause` gets the seconds of each pause. */
export const slotModel = (
  model: Model,
  { clock, leaveAt, onPause }: { clock: Pick<Clock, 'now'>; leaveAt: Date; onPause: (seconds: number) => void },
): Model => ({
  ...model,
  ask(request: ModelRequest) {
    const left = (leaveAt.getTime() - clock.now().getTime()) / 1000
    return model.ask({
      ...request,
      retrySeconds: Math.max(0, Math.min(SLOT_WAIT, left)),
      onPause: ({ seconds }) => onPause(seconds),
    })
  },
})
