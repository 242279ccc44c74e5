import { z } from 'zod'
import { wordsOfLine } from './command-line.ts'
import { kindSchema, type Plan, planSchema, sizeSchema, type Task, taskSchema } from './core/plan.ts'
import { quoted } from './core/quoted.ts'
import type { Settings } from './core/settings.ts'
import { flowList } from './yaml.ts'

/** Why no program can be called so; null: one can. */
function whyNotCalled(argv: readonly string[]): string | null {
  const [program] = argv
  if (program === '' || argv.some((word) => word.includes('\0')))
    return 'must begin with the name of a program, and may hold no null character'
  return program !== undefined && /\s/.test(program)
    ? `begins with ${quoted(program)}, which is no program: each word is an item of its own, ${quoted(flowList(wordsOfLine(program)))}`
    : null
}

/** A list of words that a program can be called with; the first one names the program. Editors are told the same by patterns. */
const callable = <Argv extends z.ZodType<string[]>>(argv: Argv, word = '^[^\\u0000]*$'): Argv =>
  argv
    .superRefine((words, context) => {
      const why = whyNotCalled(words)
      if (why !== null) context.addIssue({ code: 'custom', message: why })
    })
    .meta({
      items: [{ type: 'string', pattern: '^[^\\s\\u0000]+$' }],
      additionalItems: { type: 'string', pattern: word },
    })

/** By hand a command is its list of words alone; what else the plan keeps of it may be written out, too. */
const asCommand = (written: unknown): unknown =>
  typeof written === 'object' && written !== null && !Array.isArray(written) ? written : { argv: written, expect: '' }
const asCheck = (written: unknown): unknown =>
  typeof written === 'object' && written !== null && !Array.isArray(written) ? written : { argv: written }

const fields = taskSchema.shape
const acceptance = fields.acceptance.extend({
  argv: callable(fields.acceptance.shape.argv),
  expect: z.string().default(''),
})
const oneCheck = planSchema.shape.verification.element
const check = oneCheck.extend({ argv: callable(oneCheck.shape.argv, '^[^\\u0000]+$') })

/** The plan's own schema, with a default for what people leave out. Whether the plan is any good, lint tells. */
const handTaskSchema = taskSchema.extend({
  id: fields.id.describe('Names the task, its branch and its check'),
  title: fields.title.optional().describe('One line; the id otherwise'),
  goal: fields.goal.default('').describe('What is to be reached; shown in the check, and told to an agent'),
  context: fields.context.default('').describe('What one has to know for it'),
  needs: fields.needs.default([]).describe('Ids of the tasks that have to land first'),
  writes: fields.writes.default([]).describe('Globs of the files that it may change; a change elsewhere fails it'),
  reads: fields.reads.default([]).describe('Globs of what it depends on'),
  acceptance: z
    .preprocess(asCommand, acceptance)
    .prefault([])
    .describe('The command that proves it, as a list of words; it may change no file'),
  steps: fields.steps.default([]).describe('What to do, one after the other'),
  expected_outcome: fields.expected_outcome.default('').describe('What there is when it is done'),
  interface: fields.interface.default('').describe('What other tasks rely on'),
  out_of_scope: fields.out_of_scope.default('').describe('What is not to be done'),
  risk: fields.risk.default('').describe('What may go wrong'),
  size: sizeSchema.default('medium').describe('How long it may take, for the order of tasks'),
  model_tier: fields.model_tier.default('default').describe('Which model of the settings an agent works with'),
  kind: kindSchema
    .extract(['code', 'gate'])
    .default('code')
    .describe('gate: no work; nothing behind it starts before a person approves it'),
  run: callable(fields.run)
    .default([])
    .describe('The program that does the work, as a list of words; without it an agent works on the task'),
  timeout_minutes: fields.timeout_minutes.optional().describe('After that it is stopped and has failed'),
})

const shape = planSchema.shape
export const handPlanSchema = planSchema.extend({
  title: shape.title.describe('The title of the final pull request'),
  summary: shape.summary.default('').describe('What the change is, in a sentence or two'),
  context: shape.context.default('').describe('Why; shown in the plan, and with every task'),
  approach: shape.approach.default('').describe('How'),
  assumptions: shape.assumptions.default([]).describe('What is taken for granted'),
  questions: shape.questions.default([]).describe('What is open'),
  non_goals: shape.non_goals.default([]).describe('What is not meant'),
  critical_files: shape.critical_files.default([]).describe('Files that matter most'),
  verification: z
    .array(z.preprocess(asCheck, check))
    .default([])
    .describe('Commands that run on the merged whole, each a list of words'),
  tasks: z.array(handTaskSchema).min(1).describe('At least one'),
})

export type HandPlan = z.infer<typeof handPlanSchema>

export const toPlan = (written: HandPlan, { limits }: Settings): Plan => ({
  ...written,
  tasks: written.tasks.map(
    (task): Task => ({
      ...task,
      title: task.title ?? task.id,
      timeout_minutes: task.timeout_minutes ?? limits.task_minutes,
    }),
  ),
})
