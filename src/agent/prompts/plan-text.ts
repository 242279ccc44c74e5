import type { TaskId } from '../../core/ids.ts'
import type { Plan, Task } from '../../core/plan/plan.ts'
import type { Exploration } from '../../core/plan/planning.ts'
import { type HandOff, inOneLine } from '../../core/run/hand-off.ts'
import type { Quotes } from './quote.ts'

/** A Markdown list. */
export const listOf = (lines: readonly string[]): string => lines.map((line) => `- ${line}`).join('\n')

/** A label and a list below it, blank lines left out; empty if no line remains. */
export function labelledList(label: string, lines: readonly string[]): string[] {
  const filled = lines.filter((line) => line.trim() !== '')
  return filled.length === 0 ? [] : [`${label}:`, listOf(filled)]
}

const MOST_OF_ISSUE_TITLE = 500

/** The issue of a run, quoted; at most `mostOfBody` characters of its body. A worker gets it whole, and is told so. */
export const issueText = (
  { number, title, body }: { number: number; title: string; body: string },
  quotes: Quotes,
  mostOfBody = Number.POSITIVE_INFINITY,
): string[] => [
  `Issue #${number},${mostOfBody === Number.POSITIVE_INFINITY ? ' word for word,' : ''} as it stood when the plan was asked for:`,
  quotes.untrusted('issue title', title, MOST_OF_ISSUE_TITLE),
  ...(body.trim() === '' ? [] : [quotes.untrusted('issue body', body, mostOfBody)]),
]

/** A question of the planner, in a fence of its own: only the answer is a person's. */
export const answerText = (question: string, words: string, by: string, quotes: Quotes): string[] => [
  quotes.data('question', question),
  quotes.person(by, words),
]

const MOST_OF_EXPLORATION = 12_000

/** What an explorer found, quoted. */
export function explorationText(exploration: Exploration, quotes: Quotes): string {
  const files = exploration.findings.map(
    ({ path, symbols, note }) => `${path}${symbols.length === 0 ? '' : ` (${symbols.join(', ')})`}: ${note}`,
  )
  const text = [
    `Area: ${exploration.area}`,
    exploration.summary,
    ...labelledList('Files', files),
    ...labelledList('Conventions', exploration.conventions),
    ...labelledList('Commands', exploration.commands),
    ...labelledList('Not found out', exploration.unknowns),
  ].join('\n')
  return quotes.data('exploration', text, MOST_OF_EXPLORATION)
}

const MOST_OF_PLAN = 30_000

/** The whole plan, quoted: its head, and one line for each task. */
export function planOverview(plan: Plan, quotes: Quotes): string {
  const { title, summary, context, approach, verification, tasks } = plan
  const commands = verification.map(({ argv }) => JSON.stringify(argv))
  const lines = tasks.map(
    ({ id, kind, title: name, needs, writes }) =>
      `${id} (${kind}) ${name}; needs ${needs.join(', ') || 'nothing'}; writes ${writes.join(', ') || 'nothing'}`,
  )
  const head = [title, summary, context, approach].filter((part) => part !== '')
  const text = [...head, ...labelledList('Verification', commands), ...labelledList('Tasks', lines)]
  return quotes.data('plan', text.join('\n'), MOST_OF_PLAN)
}

const MOST_OF_TASKS = 60_000

/** Tasks for a planner, quoted, in the JSON that it answers with: all fields that it may decide. */
export const tasksAsJson = (tasks: readonly Task[], quotes: Quotes): string =>
  quotes.data('tasks', JSON.stringify(tasks.map(plannedFields), null, 1), MOST_OF_TASKS)

const plannedFields = ({ run: _run, timeout_minutes: _minutes, ...task }: Task) => task

/** A hand-off as text, not quoted. */
export const handOffText = ({ did, files, interfaces, decisions, caveats, follow_ups, check }: HandOff): string =>
  [
    did,
    ...labelledList('Files', files),
    ...labelledList('Interfaces', interfaces),
    ...labelledList('Decisions', decisions),
    ...labelledList('Caveats', caveats),
    ...labelledList('Follow-ups', follow_ups),
    ...(check === '' ? [] : [`Check: ${check}`]),
  ].join('\n')

/** The hand-off of one task, quoted; `text`: from `handOffText`, or instead of it if a program did the work. */
export const quotedHandOff = (id: TaskId, text: string, quotes: Quotes, most?: number): string =>
  quotes.data(`hand-off of ${id}`, text, most)

const MOST_OF_OTHERS = 6000

/** Finished tasks whose hand-offs a prompt does not hold, quoted, one line each; empty if there are none. */
export const otherTasksText = (lines: readonly string[], quotes: Quotes): string[] =>
  lines.length === 0 ? [] : [quotes.data('other finished tasks', lines.join('\n'), MOST_OF_OTHERS)]

/** Hand-offs for a planner: those of `inFull` as they are, one line for each of the others. */
export function handOffsText(
  handOffs: ReadonlyMap<TaskId, HandOff>,
  inFull: ReadonlySet<TaskId>,
  quotes: Quotes,
): string[] {
  const full = [...handOffs].filter(([id]) => inFull.has(id))
  const others = [...handOffs].filter(([id]) => !inFull.has(id))
  return [
    ...full.map(([id, handOff]) => quotedHandOff(id, handOffText(handOff), quotes)),
    ...otherTasksText(
      others.map(([id, handOff]) => `${id}: ${inOneLine(handOff)}`),
      quotes,
    ),
  ]
}
