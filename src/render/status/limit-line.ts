import type { LiveRun } from '../../core/run/state.ts'
import { BUSY_MINUTES } from '../../core/schedule/parked.ts'
import { clockTime, moment } from '../markdown/format.ts'
import { modelText } from '../markdown/model-text.ts'

/** That the platform refuses requests for now, and what that delays; nothing if it does not. */
export const limitLine = ({ limitedUntil }: LiveRun): string[] =>
  limitedUntil == null
    ? []
    : [
        `**GitHub refuses requests until ${moment(limitedUntil)}**: the limit of this repository, which all of its workflows share, is used up. What slots hand over, new slots, checks and comments come after that; nothing is lost, and there is nothing to type.`,
      ]

/** That the planner waits for a model that is busy; nothing if it does not. */
export function modelLine({ modelBusy, phase }: LiveRun): string[] {
  if (modelBusy == null || phase === 'ended') return []
  const end = new Date(Date.parse(modelBusy.since) + BUSY_MINUTES * 60_000).toISOString()
  return [
    `**The model has given no answer since ${clockTime(modelBusy.since)}** (${modelText(modelBusy.why, 200)}). The planner asks again every two minutes and goes on by itself; if there is no answer by ${clockTime(end)}, that is said here. There is nothing to type.`,
  ]
}
