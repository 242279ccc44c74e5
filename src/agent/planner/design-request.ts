import type { Plan, Task } from '../../core/plan/plan.ts'
import type { Exploration, PlanAnswer, Question } from '../../core/plan/planning.ts'
import { protectedGlobs } from '../../core/plan/protected-paths.ts'
import type { Sources } from '../../ports/sources.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import { answerText, listOf, planOverview, tasksAsJson } from '../prompts/plan-text.ts'
import { DESIGN, NO_QUESTIONS, QUESTIONS } from '../prompts/planner-instructions.ts'
import type { Quotes } from '../prompts/quote.ts'
import { commandTerms } from './command-terms.ts'
import type { PlanHead } from './plan-schema.ts'
import { type PlannerInput, plannerQuotes } from './planner-input.ts'

/** Receives the parts of a plan while a model writes it. A task with `problems` cannot start as it is. */
export interface DesignListener {
  head(head: PlanHead): void
  task(task: Task, notes: string[], problems: string[]): void
  /** The answer starts again: all parts so far are withdrawn. Absent if tasks may have started already. */
  restart?(): void
}

export interface DesignRequest {
  metered: MeteredModel
  model: string
  sources: Sources
  input: PlannerInput
  explorations: readonly Exploration[]
  /** Questions of earlier designs, and what people answered. */
  questions: readonly Question[]
  answers: readonly PlanAnswer[]
  /** Whether the model may ask; else it decides what is open and names it among the assumptions. */
  questionsAllowed: boolean
  /** Words of `/revise`, oldest first. */
  revisions: readonly string[]
  previous: { plan: Plan; problems: readonly string[] } | null
  /** Tasks that have started: they do not change, and new tasks come after them. */
  fixed: readonly Task[]
  on: DesignListener
}

/** What a design is asked for, by our planner or by `plan.command`. */
export type DesignTerms = Pick<
  DesignRequest,
  'input' | 'questions' | 'answers' | 'questionsAllowed' | 'revisions' | 'previous' | 'fixed'
>

/** The part of the prompt that only a design has; it follows the blocks that all stages share. */
export function designPrompt(request: DesignTerms): string {
  const quotes = plannerQuotes(request.input)
  return [
    DESIGN,
    limitsText(request),
    ...answersText(request, quotes),
    ...revisionsText(request, quotes),
    ...previousPlanText(request, quotes),
    ...fixedTasksText(request, quotes),
    request.questionsAllowed ? QUESTIONS : NO_QUESTIONS,
  ].join('\n\n')
}

function limitsText({ input: { settings, options }, fixed }: DesignTerms): string {
  const { limits, slots, budget } = settings
  return listOf([
    `At most ${Math.max(0, limits.tasks - fixed.length)} tasks; ${slots.start} agents work at the same time.`,
    `The run may spend ${budget.usd} USD on models, planning included.`,
    `No task may write: ${protectedGlobs(settings).join(', ')}.`,
    ...commandTerms(settings),
    ...(options.paths.length === 0
      ? []
      : [`The plan was asked for these paths: every glob of \`writes\` lies within ${options.paths.join(', ')}.`]),
  ])
}

function answersText({ questions, answers }: DesignTerms, quotes: Quotes): string[] {
  if (answers.length === 0) return []
  const questionById = new Map(questions.map(({ id, question }) => [id, question]))
  return [
    'A person has answered the questions of an earlier design:',
    ...answers.flatMap(({ question: id, words, by }) => answerText(questionById.get(id) ?? id, words, by, quotes)),
  ]
}

const revisionsText = ({ revisions }: DesignTerms, quotes: Quotes): string[] =>
  revisions.length === 0
    ? []
    : [
        'A person wants the plan to be changed, in these words, the last ones counting most:',
        ...revisions.map((words) => quotes.person(null, words)),
      ]

function previousPlanText({ previous }: DesignTerms, quotes: Quotes): string[] {
  if (previous === null) return []
  const { plan, problems } = previous
  return [
    'The plan so far. Keep what is good of it, ids of tasks that stay the same among it:',
    planOverview(plan, quotes),
    tasksAsJson(plan.tasks, quotes),
    ...(problems.length === 0
      ? []
      : ['What is wrong with it and must be fixed:', quotes.data('problems', listOf(problems))]),
  ]
}

const fixedTasksText = ({ fixed }: DesignTerms, quotes: Quotes): string[] =>
  fixed.length === 0
    ? []
    : [
        'These tasks are at work already and stay as they are. Do not write them again: `tasks` holds only what comes behind them, with other ids, and may need them.',
        tasksAsJson(fixed, quotes),
      ]
