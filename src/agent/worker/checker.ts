import type { TaskFailure } from '../../core/failure.ts'
import type { Sha } from '../../core/ids.ts'
import type { TaskRecord } from '../../core/run/state.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import type { Quotes } from '../prompts/quote.ts'
import type { WorkPlace } from '../tools/tool-access.ts'
import type { Finish } from './finish.ts'
import type { Transcript } from './transcript.ts'

export interface CommitResult {
  head: Sha
  tree: Sha
}

/** What a worker has left, as git holds it. `failure`: git could not take it. */
export interface WorkTreeState {
  commit: CommitResult | null
  paths: readonly string[]
  /** Paths outside of the task's that commands had changed. */
  putBack: readonly string[]
  failure: TaskFailure | null
}

/** What the machine's own run of the checks came to, on exactly the tree that is handed over. */
export interface CheckResult {
  failure: TaskFailure | null
  tree: Sha | null
  log: string
  seconds: number
}

/** What the machine does for a worker. No answer of a model is among its arguments. */
export interface Checker {
  /** Everything that was changed since the base, as one commit on it; what lies outside of the task's paths is put back first. */
  keep(): Promise<WorkTreeState>
  /** Runs every check on what was kept. Nothing kept is no work, where work was asked for. */
  check(kept: WorkTreeState): Promise<CheckResult>
}

/** All that an agent is given to work on one task. */
export interface WorkerDeps {
  metered: MeteredModel
  model: string
  /** US dollars that the attempt was given. */
  allowance: number
  place: WorkPlace
  bench: Checker
  clock: Pick<Clock, 'now'>
  quotes: Quotes
  limits: { turns: number; minutes: number }
  /** What people have said to the worker, as the journal is now. */
  steers(): TaskRecord['steers']
  transcript: Transcript
}

/** What an attempt came to. Whatever the ending, `kept` holds the work so far. */
export interface WorkResult {
  failure: TaskFailure | null
  kept: WorkTreeState
  checked: CheckResult | null
  said: Finish | null
  turns: number
}
