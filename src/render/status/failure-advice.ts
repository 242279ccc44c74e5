import type { TaskFailure } from '../../core/failure.ts'
import { fence } from '../markdown/code.ts'
import { bounded, oneLine } from '../markdown/escape.ts'

const RETRY = 'Read the log, then retry, with a note that says what to do differently.'
const REPLAN = 'The plan needs a wider `writes` or another task. Cancel the run, edit the plan, and type `/plan` again.'

/** What a person can do about it. */
export function failureAdvice(failure: TaskFailure): string[] {
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
