import type { RunId } from '../../core/ids.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { createRecorder, type Frame, type FrameRecorder } from '../../render/page/frames.ts'
import type { RunView } from './journals.ts'

/** Between so many events others get their turn: the frames of a large plan take a second. */
const AT_ONCE = 20

interface Kept {
  recorder: FrameRecorder
  taken: number
  last: RunEvent | undefined
}

export type ReadFrames = (journal: RunView) => Promise<readonly Frame[]>

/** The frames of each run's page; of a journal that grew, only what is new is looked at. */
export function createFrameReader(): ReadFrames {
  const runs = new Map<RunId, Kept>()
  let turn: Promise<unknown> = Promise.resolve()
  const read = async ({ run, events }: RunView): Promise<readonly Frame[]> => {
    const before = runs.get(run)
    const isLonger = before !== undefined && before.taken <= events.length && events[before.taken - 1] === before.last
    const kept = isLonger ? before : { recorder: createRecorder(), taken: 0, last: undefined }
    runs.set(run, kept)
    for (const event of events.slice(kept.taken)) {
      kept.recorder.add(event)
      kept.taken += 1
      kept.last = event
      if (kept.taken % AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    return kept.recorder.frames()
  }
  return (journal) => {
    const mine = turn.then(() => read(journal))
    turn = mine.catch(() => {})
    return mine
  }
}
