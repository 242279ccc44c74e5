import type { TaskFailure } from '../../core/failure.ts'
import type { TaskRecord } from '../../core/state.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Speaker } from '../talk.ts'
import type { WorkPlace } from '../work-place.ts'
import type { Bench, Checked, Kept } from './bench.ts'
import type { Finish } from './finish.ts'
import type { Quotes } from './quotes.ts'
import type { Transcript } from './transcript.ts'

/** All that an agent is given to work on one task. */
export interface WorkerDeps {
  speaker: Speaker
  model: string
  /** US dollars that the attempt was given. */
  allowance: number
  place: WorkPlace
  bench: Bench
  clock: Pick<Clock, 'now'>
  quotes: Quotes
  limits: { turns: number; minutes: number }
  /** What people have said to the worker, as the journal is now. */
  steers(): TaskRecord['steers']
  transcript: Transcript
}

/** What an attempt came to. Whatever the ending, `kept` holds the work so far. */
export interface Worked {
  failure: TaskFailure | null
  kept: Kept
  checked: Checked | null
  said: Finish | null
  turns: number
}
