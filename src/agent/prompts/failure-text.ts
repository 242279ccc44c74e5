import { failureLog, type TaskFailure } from '../../core/failure.ts'
import type { Quotes } from './quote.ts'

/** Why an attempt failed, and the last `mostOfLog` characters of its output: the end says more than the start. */
export function failedAttemptText(
  attempt: number,
  failure: TaskFailure,
  quotes: Quotes,
  mostOfLog = Number.POSITIVE_INFINITY,
): string[] {
  const { line, log } = describeFailure(failure)
  const output = log === null ? [] : [quotes.data(`output of attempt ${attempt}`, log.slice(-mostOfLog))]
  return [`Attempt ${attempt}: ${line}.`, ...output]
}

/** A failure as a clause without a full stop, and the output that belongs to it; null: there is none. */
export function describeFailure(failure: TaskFailure): { line: string; log: string | null } {
  const log = failureLog(failure)
  return { line: lineOf(failure), log: log.trim() === '' ? null : log }
}

function lineOf(failure: TaskFailure): string {
  switch (failure.reason) {
    case 'program-failed':
      return `the program that worked on it ended with exit code ${failure.exitCode}`
    case 'acceptance-failed':
      return `the acceptance failed with exit code ${failure.exitCode}`
    case 'acceptance-changed-files':
      return `the acceptance passed, but changed files, so that something else was accepted: ${some(failure.paths)}`
    case 'timed-out':
      return `its ${failure.minutes} minutes were over`
    case 'no-change':
      return 'nothing was changed'
    case 'outside-paths':
      return `it changed files that the task may not write: ${some(failure.paths)}`
    case 'protected-paths':
      return `it changed protected files: ${some(failure.paths)}`
    case 'forbidden-mode':
      return `it left links out of the repository, submodules or changed modes: ${some(failure.paths)}`
    case 'lfs-object':
      return `it wrote files that Git LFS has to hold, which no task can do: ${some(failure.paths)}`
    case 'secret-in-diff':
      return `something that looks like a secret was in its changes: ${some(failure.paths)}`
    case 'conflict':
      return `it could not be merged with ${failure.with.join(', ')}: ${some(failure.paths)}`
    case 'slot-lost':
      return `the machine that it ran on was lost ${failure.times} times`
    case 'agent-stopped':
      return `${STOPPED[failure.why]}: ${failure.detail}`
    case 'verification-failed':
      return `the checks of the merged whole failed with exit code ${failure.exitCode}`
    case 'sent-back':
      return 'its acceptance passed, and a reviewer (another model) sent it back with these findings: settle them in this attempt'
    case 'passes-already':
      return 'it did not begin: the acceptance passes on the base, and a person was asked about that first'
    case 'model-busy':
      return 'it was interrupted, since the model gave no answer'
    case 'unusable-name':
    case 'too-large':
    case 'wrong-base':
    case 'tree-not-verified':
    case 'result-unreadable':
    case 'sandbox-unavailable':
    case 'not-handed-over':
    case 'allowance-spent':
    case 'model-failed':
    case 'push-refused':
    case 'not-approved':
      return `${failure.reason}: ${failure.detail}`
  }
}

const STOPPED = {
  turns: 'the worker used up its turns',
  loop: 'the worker went in circles',
  'gave-up': 'the worker said that it cannot be done',
  refused: 'the model refused',
  truncated: 'the conversation grew too long',
} as const

const MOST_PATHS = 12
const some = (paths: readonly string[]): string =>
  paths.length <= MOST_PATHS
    ? paths.join(', ')
    : `${paths.slice(0, MOST_PATHS).join(', ')} and ${paths.length - MOST_PATHS} more`
