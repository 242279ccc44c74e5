import type { RunEvent } from '../../core/run/event.ts'
import { evolve } from '../../core/run/evolve.ts'
import { emptyRun, type RunState, workOf } from '../../core/run/state.ts'
import { secondsBetween } from '../markdown/format.ts'
import type { NodeStyle } from '../plan/graph.ts'
import { displayStatuses, nodeStyles } from '../status/display-status.ts'
import { headline } from '../status/headline.ts'

/** What changed at a moment: seconds since the first event, the heading, and the new style of each task that moved. */
export interface Frame {
  at: number
  title: string
  moved: Readonly<Record<string, NodeStyle>>
}

/** More would make the page slow to build and large: a frame looks at each task. */
const MOST_TASKS = 1000

/** How the run stood after each event that a viewer would notice. Empty if the plan is too large. */
export const framesOf = (events: readonly RunEvent[]): readonly Frame[] => {
  const recorder = createRecorder()
  for (const event of events) recorder.add(event)
  return recorder.frames()
}

export interface FrameRecorder {
  add(event: RunEvent): void
  frames(): readonly Frame[]
}

/** Makes the frames event by event: of a run that goes on, only what is new costs something. */
export function createRecorder(): FrameRecorder {
  const frames: Frame[] = []
  const shown = new Map<string, NodeStyle>()
  let [begin, title, isTooLarge] = ['', '', false]
  let state: RunState = emptyRun
  return {
    add: (event) => {
      if (state.phase === 'empty') begin = event.at
      state = evolve(state, event)
      if (state.phase === 'empty' || isTooLarge) return
      const work = workOf(state)
      isTooLarge = (work?.plan.tasks.length ?? 0) > MOST_TASKS
      if (isTooLarge) return
      const moved = new Map<string, NodeStyle>()
      if (work !== null) {
        const styleOf = nodeStyles(displayStatuses(work))
        for (const { id } of work.plan.tasks) if (shown.get(id) !== styleOf(id)) moved.set(id, styleOf(id))
      }
      const heading = headline(state).title
      if (moved.size === 0 && heading === title) return
      for (const [id, style] of moved) shown.set(id, style)
      title = heading
      frames.push({ at: secondsBetween(begin, event.at), title, moved: Object.fromEntries(moved) })
    },
    frames: () => (isTooLarge ? [] : frames),
  }
}
