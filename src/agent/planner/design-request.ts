import type { Plan, Task } from '../../core/plan/plan.ts'
import type { Exploration, PlanAnswer, Question } from '../../core/plan/planning.ts'
import { protectedGlobs } from '../../core/plan/protected-paths.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import { listOf, planOnAPage, tasksInWords } from '../prompts/plan-text.ts'
import { DESIGN, NO_QUESTIONS, QUESTIONS } from '../prompts/planner-instructions.ts'
import { data } from '../prompts/quote.ts'
import type { PlanHead } from './plan-schema.ts'
import type { PlannerInput } from './planner-input.ts'

/** Hears of a plan while it is being written. `problems`: the task cannot start as it is. */
export interface DesignListener {
  head(head: PlanHead): void
  task(task: Task, notes: string[], problems: string[]): void
  /** All that was told is taken back: the answer begins anew. Absent where somebody works on it already. */
  restart?(): void
}

export interface DesignRequest {
  metered: MeteredModel
  model: string
  input: PlannerInput
  explorations: readonly Exploration[]
  /** Those that were asked before, and what people answered. */
  questions: readonly Question[]
  answers: readonly PlanAnswer[]
  /** The head may end in questions; else what is open is decided and named. */
  questionsAllowed: boolean
  /** Words of `/revise`, oldest first. */
  revisions: readonly string[]
  previous: { plan: Plan; problems: readonly string[] } | null
  /** Tasks that have started: they stay as they are, and the new ones come behind them. */
  fixed: readonly Task[]
  on: DesignListener
}

/** What a design is told of its own, behind what it shares with the other stages. */
export const designWords = (request: DesignRequest): string =>
  [
    DESIGN,
    limitsInWords(request),
    ...answersInWords(request),
    ...revisionsInWords(request),
    ...previousInWords(request),
    ...fixedInWords(request),
    request.questionsAllowed ? QUESTIONS : NO_QUESTIONS,
  ].join('\n\n')

function limitsInWords({ input: { settings, options }, fixed }: DesignRequest): string {
  const { limits, slots, commands, budget } = settings
  return listOf([
    `At most ${Math.max(0, limits.tasks - fixed.length)} tasks; ${slots.start} agents work at the same time.`,
    `The run may spend ${budget.usd} USD on models, planning included.`,
    `No task may write: ${protectedGlobs(settings).join(', ')}.`,
    ...(commands.length === 0 ? [] : [`Commands may begin with these programs only: ${commands.join(', ')}.`]),
    ...(options.paths.length === 0
      ? []
      : [`The plan was asked for these paths: every glob of \`writes\` lies within ${options.paths.join(', ')}.`]),
  ])
}

function answersInWords({ questions, answers, input: { nonce } }: DesignRequest): string[] {
  if (answers.length === 0) return []
  const asked = new Map(questions.map(({ id, question }) => [id, question]))
  const lines = answers.map(({ question: id, words }) => `${asked.get(id) ?? id}\nAnswer: ${words}`)
  return ['A person has answered the questions of an earlier design:', data('answers', lines.join('\n\n'), nonce)]
}

const revisionsInWords = ({ revisions, input: { nonce } }: DesignRequest): string[] =>
  revisions.length === 0
    ? []
    : [
        'A person wants the plan to be changed, in these words, the last ones counting most:',
        ...revisions.map((words) => data('revision', words, nonce)),
      ]

function previousInWords({ previous, input: { nonce } }: DesignRequest): string[] {
  if (previous === null) return []
  const { plan, problems } = previous
  return [
    'The plan so far. Keep what is good of it, ids of tasks that stay the same among it:',
    planOnAPage(plan, nonce),
    tasksInWords(plan.tasks, nonce),
    ...(problems.length === 0
      ? []
      : ['What is wrong with it and must be mended:', data('problems', listOf(problems), nonce)]),
  ]
}

const fixedInWords = ({ fixed, input: { nonce } }: DesignRequest): string[] =>
  fixed.length === 0
    ? []
    : [
        'These tasks are at work already and stay as they are. Do not write them again: `tasks` holds only what comes behind them, with other ids, and may need them.',
        tasksInWords(fixed, nonce),
      ]
