import type { PlanningRules } from '../../core/plan/plan-problems.ts'
import type { PlanDraft } from '../../core/plan/planning.ts'
import { ok, type Result } from '../../core/result.ts'
import { PLANNING } from '../prompts/planner-instructions.ts'
import { jsonSchemaOf } from '../tools/json-schema.ts'
import { type DesignTerms, designPrompt } from './design-request.ts'
import { planDraftBuilder } from './plan-draft.ts'
import { designSchema } from './plan-schema.ts'
import { plannerInputText } from './planner-input.ts'
import { parseAnswer } from './structured-answer.ts'

/** The brief of another program that plans: what our own planner is told, and the form of the answer. */
export const planCommandPrompt = (terms: DesignTerms): string =>
  [PLANNING, plannerInputText(terms.input), designPrompt(terms), FORM, fenced(jsonSchemaOf(designSchema))].join('\n\n')

const FORM =
  '# The answer\n\nYour working folder holds the repository as it is now. Nothing that you change there is kept. Print the plan on your standard output, as one JSON object of this schema and nothing else; what you print on standard error is shown to people if you fail:'

const fenced = (schema: unknown): string => `\`\`\`json\n${JSON.stringify(schema)}\n\`\`\``

/** The plan that a program printed, linted as any plan; or why its text is none. Open questions become assumptions. */
export function draftOfText(text: string, rules: PlanningRules): Result<PlanDraft, string> {
  const check = ({ tasks }: { tasks: readonly unknown[] }) => (tasks.length === 0 ? ['The plan has no task.'] : [])
  const parsed = parseAnswer({ schema: designSchema, check }, text)
  if (!parsed.ok) return parsed
  const silent = { head: () => {}, task: () => {} }
  const request = { input: rules, answers: [], questionsAllowed: false, fixed: [], on: silent }
  const draft = planDraftBuilder(request, () => {})
  const { tasks, ...head } = parsed.value
  draft.head(head)
  for (const task of tasks) draft.task(task)
  draft.end()
  const made = draft.result()
  return ok({ ...made, notes: [...made.notes, ...notesOnQuestions(head.questions.length)] })
}

/** People could not answer before the plan was written; `/revise` is their answer. */
const notesOnQuestions = (asked: number): string[] =>
  asked === 0
    ? []
    : [
        `the program that planned left ${asked === 1 ? 'a question' : `${asked} questions`} open: what it would do stands among the assumptions, and \`/revise\` says otherwise`,
      ]
