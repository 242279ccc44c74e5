import type { TaskFailure } from '../../core/failure.ts'
import type { Sha } from '../../core/ids.ts'
import type { TaskRecord } from '../../core/run/task-record.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import type { Quotes } from '../prompts/quote.ts'
import type { ToolContext } from '../tools/tool-access.ts'
import type { Finish } from './finish.ts'
import type { Transcript } from './transcript.ts'

interface CommitResult {
  head: Sha
  tree: Sha
}

/** The changes of a worker, as git sees them. */
export interface WorkTreeState {
  commit: CommitResult | null
  paths: readonly string[]
  /** Paths outside of the task's that commands had changed; they are restored. */
  putBack: readonly string[]
  /** Why the changes could not be committed. */
  failure: TaskFailure | null
}

/** The result of the acceptance commands, run by the machine on exactly the tree that is submitted. */
export interface CheckResult {
  failure: TaskFailure | null
  tree: Sha | null
  log: string
  seconds: number
  /** Commands that failed at first and passed on the same tree when they ran again. */
  flaky?: readonly string[]
}

/** Commits and checks for a worker. No argument is an answer of a model. */
export interface Checker {
  /** Restores changes outside of the task's paths; returns these paths. Throws if git cannot read what is there. */
  putBack(): Promise<readonly string[]>
  /** Restores changes outside of the task's paths, then commits all that changed since the base as one commit on it. */
  commit(): Promise<WorkTreeState>
  /** Runs every check on what was committed. No commit is a failure if the task has to change something. */
  check(workTree: WorkTreeState): Promise<CheckResult>
}

/** All that a worker needs for one attempt at a task. */
export interface WorkerDeps {
  metered: MeteredModel
  model: string
  /** US dollars that the attempt may spend. */
  allowance: number
  context: ToolContext
  checker: Checker
  clock: Pick<Clock, 'now'>
  quotes: Quotes
  limits: { turns: number; minutes: number }
  /** All that people have said to the worker, by the journal as it is now. */
  steers(): TaskRecord['steers']
  transcript: Transcript
}

/** The outcome of an attempt. `workTree` holds the work so far, whatever the outcome. */
export interface WorkResult {
  failure: TaskFailure | null
  workTree: WorkTreeState
  check: CheckResult | null
  /** Of the agent; null: it did not call `finish`. */
  summary: Finish | null
  turns: number
}
