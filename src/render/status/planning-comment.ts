import { type Planning, type Question, unanswered } from '../../core/plan/planning.ts'
import type { LiveRun } from '../../core/run/state.ts'
import { budgetLine, costTable, planningCosts } from '../cost.ts'
import { sections } from '../markdown/blocks.ts'
import { code, fence } from '../markdown/code.ts'
import { firstOf, fitted, LIMITS } from '../markdown/fit.ts'
import { count } from '../markdown/format.ts'
import { makeMarker } from '../markdown/marker.ts'
import { pullOf } from '../plan/planned-run.ts'
import {
  planningFacts,
  planningHeadline,
  planningStage,
  planningSteps,
  streamedTasks,
} from '../plan/planning-progress.ts'
import { answerLine, questionLines } from '../plan/questions.ts'
import { calling } from './call.ts'
import { headline } from './headline.ts'
import { limitLine, modelLine } from './limit-line.ts'
import { nextSteps } from './next-steps.ts'

/** The projection `planning`: the progress of the planner, edited in place. Once planning is done it no longer changes. */
export const renderPlanning = (run: LiveRun): string =>
  fitted(LIMITS.comment, [
    () => planning(run, 30_000, true),
    () => planning(run, 5_000, true),
    () => planning(run, 2_000, false),
  ])

const planning = (run: LiveRun, room: number, money: boolean): string[] => {
  const { title, detail } = run.phase === 'ended' && run.work === null ? headline(run) : planningHeadline(run)
  return [
    makeMarker('planning', run.run),
    ...sections(
      [`## ${title}`],
      [detail],
      limitLine(run),
      modelLine(run),
      steps(run, room),
      planningSteps(run, room),
      streamedTasks(run, room),
      money ? costTable(planningCosts(run.ledger)) : [],
      planningFacts(run),
    ),
  ]
}

function steps(run: LiveRun, room: number): string[] {
  const pull = pullOf(run, 'trunk')
  if (planningStage(run) === 'done') return pull === null ? [] : [`The plan is on ${pull}.`]
  const lines = nextSteps(run).map((step) => `- ${step}`)
  if (lines.length === 0) return []
  return ['**What you can do now**', '', ...firstOf(lines, room, (left) => `- and ${count(left, 'more line')}`)]
}

/** Limits of each text in characters: texts are shortened before questions are left out. */
const TEXTS = [2_000, 300, 80] as const
const QUESTIONS = 55_000

/** The projection `questions`: the planner's questions, with the command that answers them, or with the answers. */
export function renderQuestions(run: LiveRun): string {
  const { planning } = run
  if (planning === null) return makeMarker('questions', run.run)
  return fitted(
    LIMITS.comment,
    TEXTS.map((most, index) => () => questions(run, planning, most, index === TEXTS.length - 1)),
  )
}

function questions(run: LiveRun, planning: Planning, most: number, isLast: boolean): string[] {
  const open = unanswered(planning)
  const all = planning.questions.map((question, index) => {
    const answer = planning.answers.find((one) => one.question === question.id) ?? null
    return questionLines(question, index, answer, most).join('\n')
  })
  const shown = isLast
    ? firstOf(all, QUESTIONS, (left) => `${count(left, 'more question')} would not fit; the journal has them.`)
    : all
  return [
    makeMarker('questions', run.run),
    ...sections(
      [`## ${open.length === 0 ? 'Questions before the plan' : `${count(open.length, 'question')} before the plan`}`],
      open.length === 0 ? ['All are answered.'] : [`${calling(run)}${WAITING}`],
      ...shown.map((question) => [question]),
      open.length === 0 ? [] : howToAnswer(planning.questions),
    ),
  ]
}

const WAITING = 'The plan depends on the answers, so the planner waits for them.'

const howToAnswer = (questions: readonly Question[]): string[] => [
  `Type this in a new comment to take every default. Another letter takes another option, words of your own come after a colon, such as ${code('1: words')}; a question that is not named takes its default.`,
  '',
  ...fence(answerLine(questions)),
]

/** The reply to `/plan status`: stage, open questions, tasks so far, next steps and money. */
export function planStatus(run: LiveRun): string[] {
  const { title, detail } = headline(run)
  const pull = pullOf(run, 'trunk')
  const money = budgetLine(run.ledger)
  return sections(
    [`**${title}.** ${detail}`],
    planningSteps(run, 5_000),
    openQuestions(run),
    streamedTasks(run, 20_000),
    nextSteps(run)
      .slice(0, 40)
      .map((step) => `- ${step}`),
    money === '' ? [] : [money],
    pull === null ? [] : [`The plan is on ${pull}.`],
  )
}

function openQuestions({ planning }: LiveRun): string[] {
  if (planning === null || unanswered(planning).length === 0) return []
  const open = unanswered(planning)
  const lines = planning.questions.flatMap((question, index) =>
    open.includes(question) ? ['', ...questionLines(question, index, null, 300)] : [],
  )
  return firstOf(lines.slice(1), 20_000, (left) => `(${count(left, 'more line')})`)
}
