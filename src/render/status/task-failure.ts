import type { TaskFailure } from '../../core/failure.ts'
import { shortSha } from '../../core/ids.ts'
import { code, sentence, someNames, stableCode } from '../markdown/code.ts'
import { bounded, oneLine } from '../markdown/escape.ts'
import { commaList, count, usd } from '../markdown/format.ts'
import { modelText } from '../markdown/model-text.ts'
import { failureAdvice } from './failure-advice.ts'

const MANY = 6
const paths = (all: readonly string[]): string => someNames(all, MANY)

/** What went wrong, as a sentence without a full stop. */
export function failureLine(failure: TaskFailure): string {
  const { what, detail } = failureParts(failure)
  return detail === '' ? what : `${what}: ${detail}`
}

/** What went wrong, for a title: it is no Markdown, and the details stand below it. */
export const failureTitle = (failure: TaskFailure): string => failureParts(failure).what.replaceAll('`', '')

interface FailureParts {
  what: string
  detail: string
}

function failureParts(failure: TaskFailure): FailureParts {
  switch (failure.reason) {
    case 'program-failed':
      return alone(`its command ended with exit code ${failure.exitCode}`)
    case 'acceptance-failed':
      return alone(`its acceptance ended with exit code ${failure.exitCode}`)
    case 'acceptance-changed-files':
      return ofPaths('its acceptance changed files', failure)
    case 'timed-out':
      return alone(`it was stopped after ${count(failure.minutes, 'minute')}`)
    case 'no-change':
      return alone('it changed no files, so there is nothing to land')
    case 'outside-paths':
      return ofPaths('it wrote outside its paths', failure)
    case 'protected-paths':
      return ofPaths('it wrote to protected paths', failure)
    case 'forbidden-mode':
      return ofPaths(
        'it touched a submodule, or made a symbolic link out of the repository or a forbidden file mode',
        failure,
      )
    case 'unusable-name':
      return said('it made a name that not every system can hold', failure)
    case 'lfs-object':
      return ofPaths('it wrote files that Git LFS has to hold', failure)
    case 'too-large':
      return said('its change is too large', failure)
    case 'secret-in-diff':
      return ofPaths('its change holds what looks like a secret', failure)
    case 'wrong-base':
      return said('it was not built on the commit that it was given', failure)
    case 'tree-not-verified':
      return said('what it handed over is not what was accepted', failure)
    case 'result-unreadable':
      return said('its result could not be read', failure)
    case 'sandbox-unavailable':
      return said('the sandbox cannot run', failure)
    case 'slot-lost': {
      const what = `the slot that worked on it was lost ${failure.times === 1 ? 'once' : `${failure.times} times`}`
      return failure.detail === undefined ? alone(what) : said(what, { detail: oneLine(failure.detail) })
    }
    case 'not-handed-over':
      return saidByPlatform(
        "its work was done, and GitHub took it neither as an artifact nor in the job's log",
        failure,
      )
    case 'conflict':
      return alone(
        `it is in conflict with ${failure.with.length === 0 ? 'what people brought into trunk' : commaList(failure.with.map(code))} in ${paths(failure.paths)}`,
      )
    case 'agent-stopped':
      return saidByModel(STOPPED[failure.why], failure)
    case 'allowance-spent':
      return saidByModel(`it spent the ${usd(failure.usd)} that the attempt was given`, failure)
    case 'model-failed':
      return saidByModel('the model could not be used', failure)
    case 'model-busy':
      return saidByModel('the model gave no answer, so it was interrupted; what it had done is kept', failure)
    case 'push-refused':
      return saidByPlatform('GitHub does not take its branch', failure)
    case 'not-approved':
      return saidByModel('it is not approved', failure)
    case 'sent-back':
      return alone('its acceptance passed, and a model that reviewed it sent it back')
    case 'passes-already':
      return alone(
        'its acceptance passes before any work, so it proves nothing. Its agent waits until you look, and nothing was spent',
      )
    case 'verification-failed':
      return alone(`the verification of ${code(shortSha(failure.on))} ended with exit code ${failure.exitCode}`)
  }
}

const alone = (what: string): FailureParts => ({ what, detail: '' })

const ofPaths = (what: string, failure: { paths: readonly string[] }): FailureParts => ({
  what,
  detail: paths(failure.paths),
})

const said = (what: string, { detail }: { detail: string }): FailureParts => ({
  what,
  detail: sentence(bounded(detail, 500)),
})

/** In the middle of a sentence, so without the full stop at their end. */
const saidByPlatform = (what: string, { detail }: { detail: string }): FailureParts => ({
  what,
  detail: sentence(bounded(oneLine(detail), 1000).replace(/[.\s]+$/, '')),
})

/** Escaped as model text, since a model may have written it. */
const saidByModel = (what: string, { detail }: { detail: string }): FailureParts => ({
  what,
  detail: detail.trim() === '' ? '' : modelText(detail, 500),
})

/** Said where a verification passed: with nothing, unless it had failed on the same tree before. */
export const flakyVerification = ({ flaky }: { flaky?: TaskFailure | undefined }): string =>
  flaky === undefined
    ? ''
    : ` **Flaky**: on the same tree ${failureLine(flaky)} at first, and passed when it ran again.`

/** Commands come from a slot, so their number and length are limited. */
export const flakyAcceptance = (commands: readonly string[]): string =>
  `${commaList(commands.slice(0, MANY).map((command) => code(bounded(oneLine(command), 200))))} failed at first, and passed on the same tree when it ran again.`

const STOPPED = {
  turns: 'its agent used all of its turns',
  loop: 'its agent made the same call again and again',
  'gave-up': 'its agent gave up',
  refused: 'the model refused to work on it',
  truncated: "the model's answer was cut off",
} as const

/** The commands for a failed task. */
export const failureCommands = (task: string): string =>
  `Type ${code(`/retry ${task} -- note`)} to try again, or ${code(`/skip ${task}`)} to go on without it.`

/** What happened and what can be done; with a task, also the commands for it; last, small, the reason code. */
export const explainTaskFailure = (failure: TaskFailure, task: string | null = null): string[] => [
  failureSentence(failure),
  '',
  ...failureAdvice(failure),
  ...(task === null ? [] : ['', failureCommands(task)]),
  '',
  stableCode(failure.reason),
]

const failureSentence = (failure: TaskFailure): string => {
  const line = failureLine(failure)
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}.`
}
