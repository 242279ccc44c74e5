import type { Failure } from '../../core/failure.ts'
import { issueOf, shortSha } from '../../core/ids.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import { code, codeName, sentence, someNames, stableCode } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { commaList, usd } from '../markdown/format.ts'
import { movedBack, putBackCommand } from '../moved-branch.ts'
import { type Explanation, explainGitRefusal } from './explain-refusal.ts'

/** Why a command was refused, what to type next, and last, small, the stable reason code. */
export function explain(failure: Failure): string[] {
  const { happened, next } = explanationOf(failure)
  return [happened, '', next, '', stableCode(failure.reason)]
}

const LONG = 2000

const MANY = 12
const some = (items: readonly string[]): string => someNames(items, MANY)

function explanationOf(failure: Failure): Explanation {
  switch (failure.reason) {
    case 'not-permitted':
      return {
        happened: `${inline(failure.actor)} has ${code(failure.permission)} permission here, and this command needs ${code(failure.needed)}.`,
        next: `A person with ${code(failure.needed)} permission can type the same command. \`/help\` says who may do what.`,
      }
    case 'not-an-approver':
      return {
        happened: `${inline(failure.actor)} is not an approver in this repository.`,
        next: `${sentenceCase(commaList(approverNames(failure.approvers)))} can type the same command.`,
      }
    case 'second-person-needed':
      return {
        happened: `${inline(failure.actor)} asked for this plan or its latest version. In this repository, a second person approves it.`,
        next: 'Another person with the permission can type the same command.',
      }
    case 'bots-may-not':
      return {
        happened: `${inline(failure.actor)} is not a person. Only people can type commands.`,
        next: 'A person can type the same command.',
      }
    case 'app-may-not-approve':
      return {
        happened: `The App ${codeName(failure.app)} wrote this on behalf of ${inline(failure.actor)}. What an App writes approves nothing.`,
        next: 'Type the same command in a comment of your own on GitHub.',
      }
    case 'unknown-command':
      return {
        happened: `There is no command ${codeName(`/${failure.word}`)}.`,
        next:
          failure.suggestion === null
            ? 'Type `/help` to see the commands.'
            : `Did you mean ${code(`/${failure.suggestion}`)}? Type it, or \`/help\` to see the commands.`,
      }
    case 'bad-arguments':
      return {
        happened: sentence(bounded(failure.detail, LONG)),
        next: `Type it like this: ${usage(failure.usage)}`,
      }
    case 'words-not-read':
      return {
        happened: `${codeName(failure.typed)} takes no words, but ${code(bounded(failure.words, 100))} follows it. Nothing was done.`,
        next: `If you want it without the words, type ${codeName(failure.typed)} alone in a new comment. ${instead(failure.command)}`,
      }
    case 'not-plain-text':
      return {
        happened: 'A command in code or in emphasis is not read as one. Nothing was done.',
        next: `Did you mean ${codeName(failure.typed)}? Type it as plain text, in a new comment.`,
      }
    default:
      return explainRunFailure(failure)
  }
}

type RunFailure = Exclude<
  Failure,
  {
    reason:
      | 'not-permitted'
      | 'not-an-approver'
      | 'second-person-needed'
      | 'bots-may-not'
      | 'app-may-not-approve'
      | 'unknown-command'
      | 'bad-arguments'
      | 'words-not-read'
      | 'not-plain-text'
  }
>

function explainRunFailure(failure: RunFailure): Explanation {
  switch (failure.reason) {
    case 'no-run':
      return { happened: `Issue #${failure.issue} has no run.`, next: 'Type `/plan` on the issue to begin one.' }
    case 'run-is-live':
      return {
        happened: `Run ${code(failure.run)} ${PHASES[failure.phase] ?? 'has not ended'}. An issue can have only one run at a time.`,
        next: `Type \`/status\` to see it, or ${failure.phase === 'active' ? '`/cancel`' : '`/reject`'} to end it and \`/plan\` for a new one.`,
      }
    case 'run-ended':
      return {
        happened: `Run ${code(failure.run)} has ended: ${code(failure.conclusion)}.`,
        next: `Type \`/plan\` on issue #${issueOf(failure.run)} for a new run.`,
      }
    case 'nothing-to-approve':
      return {
        happened: `Run ${code(failure.run)} ${PHASES[failure.phase] ?? 'has nothing to approve'}.`,
        next:
          failure.phase === 'ended'
            ? `Type \`/plan\` on issue #${issueOf(failure.run)} for a new run.`
            : 'Type `/approve` when the plan is there, or `/status` to see how far it is.',
      }
    case 'plan-outdated':
      return {
        happened: `${codeName(failure.given)} is not the current plan.`,
        next: `Read the latest plan, then type ${code(`/approve ${shortPlanId(failure.latest)}`)}.`,
      }
    case 'plan-newer-than-comment':
      return {
        happened: 'The plan is newer than the comment, so the comment cannot refer to it.',
        next: `Read it, then type ${code(`/approve ${shortPlanId(failure.planId)}`)}.`,
      }
    case 'plan-stale':
      return {
        happened: stale(failure),
        next: 'Nothing was started. Type `/reject`, then `/plan` for a plan on the new base.',
      }
    case 'unknown-task':
      return {
        happened:
          failure.task === ''
            ? 'This command needs the id of a task.'
            : `There is no task ${codeName(failure.task)} in this plan.`,
        next: `Its tasks are ${some(failure.tasks)}. Type the command again with one of them.`,
      }
    case 'work-newer-than-comment':
      return {
        happened: `The work of ${code(failure.task)} at ${code(shortSha(failure.head))} is newer than the comment, so the comment cannot refer to it.`,
        next: `Look at it, then type ${code(`/approve ${failure.task}`)} again.`,
      }
    case 'work-newer-than-review':
      return {
        happened: `The review is of an earlier commit; the work of ${code(failure.task)} is at ${code(shortSha(failure.head))} now.`,
        next: 'Look at the new commits, then review again.',
      }
    case 'work-moved':
      return {
        happened: `${code(failure.branch)} is at ${code(shortSha(failure.tip))} now; ${code(failure.task)} was verified at ${code(shortSha(failure.head))}. What came after that is not verified, and does not land.`,
        next: `Rename or delete the branch, or put it back: ${code(putBackCommand({ branch: failure.branch, known: failure.head }))}. Then type ${code(`/approve ${failure.task}`)} for what was verified, or ${code(`/retry ${failure.task} -- note`)} to have it worked on again.`,
      }
    case 'branches-moved':
      return {
        happened: `Others moved ${failure.moved.map(({ branch }) => code(branch)).join(', ')}, and have not moved them back; run ${code(failure.run)} would pause again.`,
        next: failure.moved.slice(0, MANY).map(movedBack).join('\n'),
      }
    case 'wrong-task-state':
      return {
        happened: `Task ${codeName(failure.task)} is ${code(failure.status)}. ${sentence(bounded(failure.detail, LONG))}`,
        next: 'Type `/status` to see where the tasks stand.',
      }
    case 'wrong-phase':
      return {
        happened: `Run ${code(failure.run)} ${PHASES[failure.phase] ?? `is ${code(failure.phase)}`}. ${sentence(bounded(failure.detail, LONG))}`,
        next: 'Type `/status` to see where the run stands.',
      }
    case 'push-refused':
    case 'rules-refuse':
    case 'branch-in-the-way':
    case 'journal-gone':
    case 'journal-unreadable':
      return explainGitRefusal(failure)
    default:
      return explainPlanningFailure(failure)
  }
}

type PlanningFailure = Extract<
  RunFailure,
  { reason: 'bad-settings' | 'plan-not-ready' | 'nothing-asked' | 'bad-answer' | 'budget-too-low' }
>

function explainPlanningFailure(failure: PlanningFailure): Explanation {
  switch (failure.reason) {
    case 'plan-not-ready':
      return {
        happened: `The plan of run ${code(failure.run)} is not ready. ${sentence(bounded(failure.detail, LONG))}`,
        next: 'Type `/plan status` to see how far it is.',
      }
    case 'nothing-asked':
      return {
        happened: `Run ${code(failure.run)} is not waiting for an answer.`,
        next: 'Type `/revise -- what to change` to change its plan, or `/plan status` to see where it stands.',
      }
    case 'bad-answer':
      return {
        happened: sentence(bounded(failure.detail, LONG)),
        next: [
          'The open questions, each with what you can type:',
          '',
          ...failure.questions.slice(0, 20).map((question) => `- ${inline(bounded(question, 1000))}`),
        ].join('\n'),
      }
    case 'budget-too-low':
      return {
        happened: `${usd(failure.usd)} is too little: the run has spent ${usd(failure.spent)} already${failure.aside > 0 ? `, and what is at work may still spend ${usd(failure.aside)}` : ''}.`,
        next: `The lowest limit that you can set now is ${code(`/budget ${failure.least.toFixed(2)}usd`)}${failure.aside > 0 ? '; once what is at work is done, it may be less' : ''}.`,
      }
    case 'bad-settings':
      return {
        happened: '`.github/tributary.yml` on the default branch cannot be used.',
        next: [
          'Correct it there, then type the same command again.',
          '',
          ...failure.problems.slice(0, 20).map((problem) => `- ${sentence(bounded(problem, 500))}`),
        ].join('\n'),
      }
  }
}

const PHASES: Readonly<Record<string, string>> = {
  requested: 'is being planned',
  proposed: 'waits for an approval of its plan',
  active: 'is at work',
  ended: 'has ended',
}

function stale({ paths, settingsChanged }: { paths: readonly string[]; settingsChanged: boolean }): string {
  const moved = paths.length === 0 ? [] : [`the base branch moved in paths that the plan uses (${some(paths)})`]
  const settings = settingsChanged ? ['`.github/tributary.yml` changed'] : []
  return `The plan is out of date: ${[...moved, ...settings].join(', and ')}.`
}

const approverNames = (people: readonly string[]): string[] => [
  ...people.slice(0, MANY).map(inline),
  ...(people.length > MANY ? [`${people.length - MANY} more`] : []),
]
/** The commands that do take words, for someone who said something to one that does not. */
const instead = (command: string): string =>
  command === 'approve'
    ? 'To change something first, type `/revise -- what to change` for another version of the plan, `/approve --only t1,t2` to start a part, or `/retry t3 -- note` to send work back.'
    : 'Write words to people in a separate comment.'

const usage = (text: string): string => (text.includes('`') ? sentence(text) : code(text))
const sentenceCase = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
