import type { Task } from '../../core/plan/plan.ts'
import type { HandOff } from '../../core/run/hand-off.ts'
import type { Brief, Intent } from '../../core/schedule/brief.ts'
import type { Conflict } from '../../core/schedule/conflict.ts'
import type { FinishedTask } from '../../core/schedule/finished-task.ts'
import { failureInWords } from './failure-text.ts'
import type { Quotes } from './quote.ts'

/** The task itself, as the plan has it. */
export const taskInWords = (task: Task): string[] => [
  `# Your task: ${task.id} — ${task.title}`,
  ...titled('Goal', task.goal),
  ...titled('Context', task.context),
  ...titled('Steps', listOf(task.steps)),
  ...titled('Expected outcome', task.expected_outcome),
  ...titled('Interface that it promises', task.interface),
  ...titled('Out of scope', task.out_of_scope),
  ...titled('Risk', task.risk),
  ...titled('May write', listOf(task.writes.map(code)) || 'Nothing: it only looks.'),
  ...titled('Builds on', listOf(task.reads.map(code))),
]

const code = (text: string): string => `\`${text}\``

/** What the tasks leave that it builds on, in full, and a line for others. */
export function finishedInWords({ needs, others }: Brief, quotes: Quotes): string[] {
  const lines = [
    ...others.tasks.map(({ id, line }) => `${id}: ${line}`),
    ...(others.more > 0 ? [`and ${others.more} more`] : []),
  ]
  return [
    ...(needs.length === 0 ? [] : ['# What it builds on (finished, and in your files)']),
    ...needs.map((need) => handOffInWords(need, quotes)),
    ...(lines.length === 0 ? [] : ['# Finished otherwise', quotes.data('other tasks', lines.join('\n'))]),
  ]
}

function handOffInWords({ id, title, summary, interface: promised, handOff }: FinishedTask, quotes: Quotes) {
  const text = handOff === null ? [summary, ...labelled('It promised', [promised])].join('\n') : full(handOff)
  return `## ${id} — ${title}\n\n${quotes.data(`hand-off of ${id}`, text.trim() === '' ? 'It left no word.' : text)}`
}

const full = (it: HandOff): string =>
  [
    it.did,
    ...labelled('Files', it.files),
    ...labelled('Interfaces', it.interfaces),
    ...labelled('Decisions', it.decisions),
    ...labelled('Caveats', it.caveats),
    ...labelled('Follow-ups', it.follow_ups),
    ...labelled('Check', [it.check]),
  ].join('\n')

const labelled = (label: string, lines: readonly string[]): string[] => {
  const said = lines.filter((line) => line.trim() !== '')
  return said.length === 0 ? [] : [`${label}:`, listOf(said)]
}

/** Two intents that have to become one. */
export function conflictInWords(conflict: Conflict, quotes: Quotes): string[] {
  const paths = conflict.paths.map(code).join(', ')
  return [
    '# A conflict to settle',
    `This task was done once, but its work could not be merged with that of others, in ${paths}. You start from the merged work of the others, without this task's own. Do the task again on top of that, so that both intents hold: its own, and those below. The acceptances of all of them are run. Do not undo what the others did.`,
    ...conflict.with.map(
      ({ task, finished }) =>
        `## In conflict with ${task.id} — ${task.title}\n\nIts goal: ${task.goal}${finished === null ? '' : `\n\n${handOffInWords(finished, quotes)}`}`,
    ),
  ]
}

/** What was tried before, and what people said of it. */
export function earlierInWords({ earlier, notes, steers, mends }: Brief, quotes: Quotes): string[] {
  const tries = earlier.flatMap(({ attempt, failure }) => {
    if (failure === null) return []
    const { line, log } = failureInWords(failure)
    return [`Attempt ${attempt}: ${line}.`, ...(log === null ? [] : [quotes.data(`output of attempt ${attempt}`, log)])]
  })
  const said = [...notes.map((words) => ({ by: null, words })), ...steers]
  return [
    ...(tries.length === 0 ? [] : ['# Earlier attempts at this task', ...tries]),
    ...(mends ? ['Your files hold the earlier work of this task, and that of others: mend it where it stands.'] : []),
    ...(said.length === 0 ? [] : ['# What people said of this task']),
    ...said.map(({ by, words }) => quotes.person(by, words)),
  ]
}

/** What the run is for, in the words of those who asked, and what the plan makes of it: the same for all its workers. */
export const intentInWords = (intent: Intent, quotes: Quotes): string =>
  [...purpose(intent, quotes), ...planOf(intent)].join('\n\n')

function purpose({ issue, commands, answers }: Intent, quotes: Quotes): string[] {
  return [
    '# What the run is for',
    `Issue #${issue.number}, word for word, as it stood when the plan was asked for:`,
    quotes.untrusted('issue title', issue.title),
    ...(issue.body.trim() === '' ? [] : [quotes.untrusted('issue body', issue.body)]),
    ...commands.map(({ by, words }) => quotes.person(by, words)),
    ...answers.map(({ question, words, by }) => quotes.person(by, `Question: ${question}\nAnswer: ${words}`)),
  ]
}

function planOf({ plan }: Intent): string[] {
  return [
    `# The plan: ${plan.title}`,
    ...titled('Summary', plan.summary),
    ...titled('Context', plan.context),
    ...titled('Approach', plan.approach),
    ...titled('Taken for granted', listOf(plan.assumptions)),
    ...titled('Not part of the change', listOf(plan.non_goals)),
  ]
}

const titled = (title: string, text: string): string[] => (text.trim() === '' ? [] : [`## ${title}\n\n${text}`])

export const listOf = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n')
