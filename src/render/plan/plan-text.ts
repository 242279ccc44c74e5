import type { Plan } from '../../core/plan/plan.ts'
import { sections } from '../markdown/blocks.ts'
import { code } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { blockQuote, modelText } from '../markdown/model-text.ts'
import type { PlannedRun } from './planned-run.ts'
import { questionLines } from './questions.ts'

/** How much of the plan's text is shown: all, the beginning of each part, or none. */
export type TextLevel = 'full' | 'brief' | 'none'

const WHOLE = 40_000
const BRIEF = 1_000
const ITEMS = 10

/** The plan's text: summary, context, questions, approach, files, risks, assumptions, non-goals. */
export function planText(
  { work: { plan }, words: planWords, planning }: PlannedRun,
  level: Exclude<TextLevel, 'none'>,
): string[] {
  const lines = (text: string) => blockQuote(text, level === 'full' ? WHOLE : BRIEF)
  const part = (title: string, text: string): string[] =>
    text.trim() === '' ? [] : [`**${title}**`, '', ...lines(text)]
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`**${title}**`, '', ...some(items, level)]
  const item = (text: string) => `- ${modelText(text, level === 'full' ? WHOLE : 300)}`
  const revisions = (planning?.revisions ?? []).map(
    ({ words, by }) => `- ${inline(by)}: ${inline(bounded(words, BRIEF))}`,
  )
  return sections(
    plan.summary.trim() === '' ? [] : lines(plan.summary),
    part('Context', plan.context),
    questions(plan, planning?.answers ?? [], level),
    part('Approach', plan.approach),
    list(
      'Critical files',
      plan.critical_files.map((path) => `- ${code(bounded(path, 300))}`),
    ),
    list('Risks', risks(plan).map(item)),
    list('Assumptions', plan.assumptions.map(item)),
    list('Not part of it', plan.non_goals.map(item)),
    part('Said with `/plan`', planWords),
    list('Said with `/revise`', revisions),
  )
}

const some = (items: readonly string[], level: TextLevel): string[] =>
  level === 'full' || items.length <= ITEMS
    ? [...items]
    : [...items.slice(0, ITEMS), `- and ${items.length - ITEMS} more`]

const risks = ({ tasks }: Pick<Plan, 'tasks'>): string[] =>
  tasks.flatMap(({ id, risk }) => (risk.trim() === '' ? [] : [`${id}: ${risk}`]))

type Answers = NonNullable<PlannedRun['planning']>['answers']

function questions({ questions: asked }: Pick<Plan, 'questions'>, answers: Answers, level: TextLevel): string[] {
  const shown = asked.slice(0, level === 'full' ? 100 : ITEMS).map((question, index) => {
    const answer = answers.find((one) => one.question === question.id) ?? null
    return questionLines(question, index, answer, level === 'full' ? BRIEF : 100)
  })
  return shown.length === 0 ? [] : sections(['**Questions**'], ...shown)
}
