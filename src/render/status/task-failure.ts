import type { TaskFailure } from '../../core/failure.ts'
import { shortSha } from '../../core/ids.ts'
import { code, codeName, fence, sentence, stableCode } from '../markdown/code.ts'
import { bounded, oneLine } from '../markdown/escape.ts'
import { commaList, count, usd } from '../markdown/format.ts'
import { modelText } from '../markdown/model-text.ts'

const MANY = 6
const paths = (all: readonly string[]): string =>
  all.length <= MANY
    ? commaList(all.map(codeName))
    : `${all.slice(0, MANY).map(codeName).join(', ')} and ${all.length - MANY} more`

/** What went wrong, as a sentence without a full stop. */
export function failureLine(failure: TaskFailure): string {
  switch (failure.reason) {
    case 'program-failed':
      return `its command ended with exit code ${failure.exitCode}`
    case 'acceptance-failed':
      return `its acceptance ended with exit code ${failure.exitCode}`
    case 'acceptance-changed-files':
      return `its acceptance changed files: ${paths(failure.paths)}`
    case 'timed-out':
      return `it was stopped after ${count(failure.minutes, 'minute')}`
    case 'no-change':
      return 'it changed no files, so there is nothing to land'
    case 'outside-paths':
      return `it wrote outside its paths: ${paths(failure.paths)}`
    case 'protected-paths':
      return `it wrote to protected paths: ${paths(failure.paths)}`
    case 'forbidden-mode':
      return `it touched a submodule, or made a symbolic link out of the repository or a forbidden file mode: ${paths(failure.paths)}`
    case 'unusable-name':
      return `it made a name that not every system can hold: ${sentence(bounded(failure.detail, 500))}`
    case 'lfs-object':
      return `it wrote files that Git LFS has to hold: ${paths(failure.paths)}`
    case 'too-large':
      return `its change is too large: ${sentence(bounded(failure.detail, 500))}`
    case 'secret-in-diff':
      return `its change holds what looks like a secret: ${paths(failure.paths)}`
    case 'wrong-base':
      return `it was not built on the commit that it was given: ${sentence(bounded(failure.detail, 500))}`
    case 'tree-not-verified':
      return `what it handed over is not what was accepted: ${sentence(bounded(failure.detail, 500))}`
    case 'result-unreadable':
      return `its result could not be read: ${sentence(bounded(failure.detail, 500))}`
    case 'sandbox-unavailable':
      return `the sandbox cannot run: ${sentence(bounded(failure.detail, 500))}`
    case 'slot-lost':
      return `the slot that worked on it was lost ${failure.times === 1 ? 'once' : `${failure.times} times`}${failure.detail === undefined ? '' : `: ${sentence(bounded(oneLine(failure.detail), 500))}`}`
    case 'not-handed-over':
      return `its work was done, and GitHub took it neither as an artifact nor in the job's log: ${platformWords(failure.detail)}`
    case 'conflict':
      return `it is in conflict with ${failure.with.length === 0 ? 'what people brought into trunk' : commaList(failure.with.map(code))} in ${paths(failure.paths)}`
    case 'agent-stopped':
      return `${STOPPED[failure.why]}${detailText(failure.detail)}`
    case 'allowance-spent':
      return `it spent the ${usd(failure.usd)} that the attempt was given${detailText(failure.detail)}`
    case 'model-failed':
      return `the model could not be used${detailText(failure.detail)}`
    case 'model-busy':
      return `the model gave no answer, so it was interrupted; what it had done is kept${detailText(failure.detail)}`
    case 'push-refused':
      return `GitHub does not take its branch: ${platformWords(failure.detail)}`
    case 'not-approved':
      return `it is not approved${detailText(failure.detail)}`
    case 'sent-back':
      return 'its acceptance passed, and a model that reviewed it sent it back'
    case 'passes-already':
      return 'its acceptance passes before any work, so it proves nothing. Its agent waits until you look, and nothing was spent'
    case 'verification-failed':
      return `the verification of ${code(shortSha(failure.on))} ended with exit code ${failure.exitCode}`
  }
}

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

/** In the middle of a sentence, so without the full stop at their end. */
const platformWords = (detail: string): string => sentence(bounded(oneLine(detail), 1000).replace(/[.\s]+$/, ''))

/** Escaped as model text, since a model may have written it. */
const detailText = (detail: string): string => (detail.trim() === '' ? '' : `: ${modelText(detail, 500)}`)

const RETRY = 'Read the log, then retry, with a note that says what to do differently.'
const REPLAN = 'The plan needs a wider `writes` or another task. Cancel the run, edit the plan, and type `/plan` again.'

function advice(failure: TaskFailure): string[] {
  switch (failure.reason) {
    case 'program-failed':
    case 'acceptance-failed':
    case 'verification-failed':
      return [RETRY]
    case 'acceptance-changed-files':
      return [
        'An acceptance must not change files. Let the command of the task make these files, or let the acceptance write somewhere else.',
      ]
    case 'timed-out':
      return ['Try again, or give the task a larger `timeout_minutes` in a new plan.']
    case 'no-change':
      return [
        'If the work is done already, skip the task, and the tasks that need it start. Otherwise, retry with a note.',
      ]
    case 'outside-paths':
    case 'protected-paths':
    case 'forbidden-mode':
      return [REPLAN]
    case 'unusable-name':
      return ['Retry with a note that asks for another name. Names that are on the base branch already are allowed.']
    case 'lfs-object':
      return [
        'A slot cannot store objects in Git LFS, and files of LFS are pointers in it. Change these files by hand, or take the paths out of LFS in `.gitattributes`.',
      ]
    case 'too-large':
      return [
        'A limit can be raised in `.github/tributary.yml`, for the next run: a run keeps the settings that it began with. Or make it several tasks.',
      ]
    case 'secret-in-diff':
      return [
        'Nothing of it was published. Take the secret out of what the command writes, and change it where it is in use.',
        'If it is invented, as in test data, list its file or its hash under `known_secrets` in `.github/tributary.yml`, for the next run.',
      ]
    case 'wrong-base':
    case 'tree-not-verified':
    case 'result-unreadable':
    case 'slot-lost':
      return ['Nothing from it was used. Try again.']
    case 'not-handed-over':
      return [
        'Make room for artifacts first: delete old ones on the Actions pages of the account, or raise its storage (Settings > Billing); GitHub counts again after some hours. Then try again.',
      ]
    case 'sandbox-unavailable':
      return [
        'Nothing was run.',
        ...sandboxFix(failure.fix ?? []),
        '',
        'To run commands without isolation instead, write `sandbox: off` into `.github/tributary.yml`.',
      ]
    case 'agent-stopped':
      return [
        failure.why === 'refused'
          ? 'Retry with a note that says what the change is for, or do this part by hand and skip the task.'
          : 'Read what it did, then retry with a note that says where to look or what to leave out.',
      ]
    case 'allowance-spent':
      return [
        'Try again with a note that makes it smaller, or raise `budget.task_usd` in `.github/tributary.yml` for the next run.',
      ]
    case 'model-failed':
      return ["Try again later; the detail says whether it was the network, the key, or the model's service."]
    case 'model-busy':
      return ['The run continues by itself. You do not have to do anything.']
    case 'sent-back':
      return ['The run retries it once with these findings. You do not have to do anything.']
    case 'push-refused':
      return [
        'Its work is on no branch; the status comment links the artifact that holds it. If the rule is about the name of the branch, take `tributary/**` out of it (Settings > Rules > Rulesets); if it is about what is in the change, say so in the note.',
      ]
    case 'not-approved':
      return ['Approve the plan that holds it, then try again.']
    case 'passes-already':
      return [
        'If you want the work anyway, as with a change that must not break anything, type `/retry`. If the work is done already, skip the task.',
      ]
    case 'conflict':
      return ['Its branch is kept. Retry it on top of what has landed, or merge it by hand and skip the task.']
  }
}

/** The commands come from a slot, so their number and length are limited. */
const sandboxFix = (commands: readonly string[]): string[] =>
  commands.length === 0
    ? []
    : [
        'This fixes it, in a step of the `work` job before its last one:',
        '',
        ...fence(
          commands
            .slice(0, 5)
            .map((command) => bounded(oneLine(command), 200))
            .join('\n'),
          'sh',
        ),
      ]

/** The commands for a failed task. */
export const failureCommands = (task: string): string =>
  `Type ${code(`/retry ${task} -- note`)} to try again, or ${code(`/skip ${task}`)} to go on without it.`

/** What happened and what can be done; with a task, also the commands for it; last, small, the reason code. */
export const explainTaskFailure = (failure: TaskFailure, task: string | null = null): string[] => [
  failureSentence(failure),
  '',
  ...advice(failure),
  ...(task === null ? [] : ['', failureCommands(task)]),
  '',
  stableCode(failure.reason),
]

const failureSentence = (failure: TaskFailure): string => {
  const line = failureLine(failure)
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}.`
}
