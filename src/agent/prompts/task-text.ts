import type { Task } from '../../core/plan/plan.ts'
import type { Brief, Intent } from '../../core/schedule/brief.ts'
import type { Conflict } from '../../core/schedule/conflict.ts'
import type { FinishedTask } from '../../core/schedule/finished-task.ts'
import type { Neighbour } from '../../core/schedule/neighbours.ts'
import { failedAttemptText } from './failure-text.ts'
import { answerText, handOffText, issueText, labelledList, listOf, otherTasksText, quotedHandOff } from './plan-text.ts'
import type { Quotes } from './quote.ts'

/** The task as a worker reads it: not quoted, since the plan was approved. A planner reads and writes `tasksAsJson`. */
export const taskSections = (task: Task, heading = 'Your task'): string[] => [
  `# ${heading}: ${task.id} — ${task.title}`,
  ...section('Goal', task.goal),
  ...section('Context', task.context),
  ...section('Steps', listOf(task.steps)),
  ...section('Expected outcome', task.expected_outcome),
  ...section('Interface that it promises', task.interface),
  ...section('Out of scope', task.out_of_scope),
  ...section('Risk', task.risk),
  ...section('May write', listOf(task.writes.map(code)) || 'Nothing: it only looks.'),
  ...section('Builds on', listOf(task.reads.map(code))),
]

const code = (text: string): string => `\`${text}\``

/** Finished tasks: the hand-offs of those that this one builds on in full, one line for each of the others. */
export function finishedTasksSections({ needs, others }: Brief, quotes: Quotes): string[] {
  const lines = [
    ...others.tasks.map(({ id, line }) => `${id}: ${line}`),
    ...(others.more > 0 ? [`and ${others.more} more`] : []),
  ]
  return [
    ...(needs.length === 0 ? [] : ['# What it builds on (finished, and in your files)']),
    ...needs.map((need) => finishedTaskSection(need, quotes)),
    ...(lines.length === 0 ? [] : ['# Finished otherwise']),
    ...otherTasksText(lines, quotes),
  ]
}

const DIFFERENCES = 'Not as promised, as far as names tell; what is in the files counts'

function finishedTaskSection(finished: FinishedTask, quotes: Quotes): string {
  const { id, title, summary, interface: promised, handOff, differences } = finished
  const text = [
    handOff === null ? summary : handOffText(handOff),
    ...labelledList('It promised', [promised]),
    ...labelledList(DIFFERENCES, differences),
  ].join('\n')
  return `## ${id} — ${title}\n\n${quotedHandOff(id, text.trim() === '' ? 'It left no word.' : text, quotes)}`
}

/** What a reviewer found that this task has to know, since its brief was written before. */
export const adaptedSections = ({ adapted }: Brief, quotes: Quotes): string[] =>
  adapted.length === 0
    ? []
    : [
        '# Changed since the plan was written',
        'What came back from these tasks is not what your brief says of them. A reviewer (another model) has put into words what that means for your task. Where the two disagree about names, signatures or formats, this counts; it widens neither your paths nor your commands.',
        ...adapted.map(({ of, words }) => quotes.data(`change after ${of}`, words)),
      ]

const STAGES: Readonly<Record<Neighbour['stage'], string>> = {
  'at work': 'at work now',
  landed: 'landed, but not in your files',
  'to come': 'to come',
}

/** Tasks of the plan beside this one, whose paths touch its own or that wait for it. */
export function neighboursSections({ neighbours: { tasks, more } }: Brief, quotes: Quotes): string[] {
  if (tasks.length === 0) return []
  const lines = tasks.map(
    ({ id, title, stage, waits, interface: promised }) =>
      `${id} — ${title} (${STAGES[stage]}${waits ? ', waits for you' : ''})${promised === '' ? '' : `\nIt ${stage === 'landed' ? 'left' : 'promises'}: ${promised}`}`,
  )
  return [
    '# Beside it (not in your files yet; keep to what they promise, and leave their work to them)',
    quotes.data('neighbours', [...lines, ...(more === 0 ? [] : [`and ${more} more`])].join('\n\n')),
  ]
}

/** A conflict with other tasks: the paths, and the intent of each of the others. */
export function conflictSections(conflict: Conflict, quotes: Quotes): string[] {
  const paths = conflict.paths.map(code).join(', ')
  return [
    '# A conflict to settle',
    `This task was done once, but its work could not be merged with that of others, in ${paths}. You start from the merged work of the others, without this task's own. Do the task again on top of that, so that both intents hold: its own, and those below. The acceptances of all of them are run. Do not undo what the others did.`,
    ...conflict.with.map(
      ({ task, finished }) =>
        `## In conflict with ${task.id} — ${task.title}\n\nIts goal: ${task.goal}${finished === null ? '' : `\n\n${finishedTaskSection(finished, quotes)}`}`,
    ),
  ]
}

/** Earlier attempts that failed, and what people said about the task. */
export function earlierAttemptsSections({ earlier, notes, steers, baseHasOwnWork }: Brief, quotes: Quotes): string[] {
  const failed = earlier.flatMap(({ attempt, failure }) =>
    failure === null ? [] : failedAttemptText(attempt, failure, quotes),
  )
  const comments = [...notes.map((words) => ({ by: null, words })), ...steers]
  return [
    ...(failed.length === 0 ? [] : ['# Earlier attempts at this task', ...failed]),
    ...(baseHasOwnWork
      ? ['Your files hold the earlier work of this task, and that of others: fix it where it stands.']
      : []),
    ...(comments.length === 0 ? [] : ['# What people said of this task']),
    ...comments.map(({ by, words }) => quotes.person(by, words)),
  ]
}

/** What the run is for, in people's own words, and the head of the plan: the same for all workers of a run. */
export const intentText = (intent: Intent, quotes: Quotes): string =>
  [...purposeSection(intent, quotes), ...planSections(intent), ...conventionsSection(intent, quotes)].join('\n\n')

const conventionsSection = ({ conventions }: Intent, quotes: Quotes): string[] =>
  conventions.length === 0
    ? []
    : ['## Conventions that were found in the repository', quotes.data('conventions', listOf(conventions))]

function purposeSection({ issue, commands, answers, comments }: Intent, quotes: Quotes): string[] {
  return [
    '# What the run is for',
    ...issueText(issue, quotes),
    ...commands.map(({ by, words }) => quotes.person(by, words)),
    ...(answers.length === 0 ? [] : ['Questions of the planner, each with the answer of a person:']),
    ...answers.flatMap(({ question, words, by }) => answerText(question, words, by, quotes)),
    ...(comments.length === 0 ? [] : ['Said on the issue by people with write access, before the plan:']),
    ...comments.map((comment) => quotes.untrusted('comment', comment)),
  ]
}

function planSections({ plan }: Intent): string[] {
  return [
    `# The plan: ${plan.title}`,
    ...section('Summary', plan.summary),
    ...section('Context', plan.context),
    ...section('Approach', plan.approach),
    ...section('Taken for granted', listOf(plan.assumptions)),
    ...section('Not part of the change', listOf(plan.non_goals)),
  ]
}

const section = (title: string, text: string): string[] => (text.trim() === '' ? [] : [`## ${title}\n\n${text}`])
