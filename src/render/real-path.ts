import type { RunEvent } from '../core/event.ts'
import { ownOf } from '../core/own.ts'
import type { TaskId } from '../core/ref.ts'
import { taskOf, type Work } from '../core/state.ts'
import { secondsBetween } from './words.ts'

export interface Step {
  task: TaskId
  /** Seconds since the beginning. */
  landed: number
}

/** The chain that decided when the run could end: from the task that landed last, back over the need that landed last. */
export function realPath(events: readonly RunEvent[], work: Work): Step[] {
  const landed = landings(events, work)
  const last = (ids: readonly TaskId[]): TaskId | undefined =>
    ids.reduce<TaskId | undefined>(
      (latest, id) => ((landed.get(id) ?? -1) > (latest === undefined ? -1 : (landed.get(latest) ?? -1)) ? id : latest),
      undefined,
    )
  const path: Step[] = []
  for (let id = last([...landed.keys()]); id !== undefined; id = last(taskOf(work, id).needs))
    path.unshift({ task: id, landed: landed.get(id) ?? 0 })
  return path
}

function landings(events: readonly RunEvent[], work: Work): Map<TaskId, number> {
  const begin = events[0]?.at ?? ''
  return new Map(
    work.plan.tasks.flatMap(({ id }) => {
      const state = ownOf(work.tasks, id)?.state
      return state?.status === 'landed' ? [[id, secondsBetween(begin, state.since)] as const] : []
    }),
  )
}
