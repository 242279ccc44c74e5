import { z } from 'zod'
import { kindSchema, type Plan, planSchema, sizeSchema, type Task, taskSchema } from './core/plan.ts'
import type { Settings } from './core/settings.ts'

/** A word that a program can be given; the first one names the program. */
const spawnable = (argv: readonly string[]): boolean => argv[0] !== '' && argv.every((word) => !word.includes('\0'))
const unspawnable = { error: 'must begin with the name of a program, and may hold no null character' }

/** By hand a command is its list of words alone; what else the plan keeps of it may be written out, too. */
const asCommand = (written: unknown): unknown =>
  typeof written === 'object' && written !== null && !Array.isArray(written) ? written : { argv: written, expect: '' }
const asCheck = (written: unknown): unknown =>
  typeof written === 'object' && written !== null && !Array.isArray(written) ? written : { argv: written }

const acceptance = taskSchema.shape.acceptance.extend({
  argv: taskSchema.shape.acceptance.shape.argv.refine(spawnable, unspawnable),
  expect: z.string().default(''),
})
const check = planSchema.shape.verification.element
const fields = taskSchema.shape

/** The plan's own schema, with a default for what people leave out. Whether the plan is any good, lint tells. */
const handTaskSchema = taskSchema.extend({
  title: fields.title.optional(),
  goal: fields.goal.default(''),
  context: fields.context.default(''),
  needs: fields.needs.default([]),
  writes: fields.writes.default([]),
  reads: fields.reads.default([]),
  acceptance: z.preprocess(asCommand, acceptance).prefault([]),
  steps: fields.steps.default([]),
  expected_outcome: fields.expected_outcome.default(''),
  interface: fields.interface.default(''),
  out_of_scope: fields.out_of_scope.default(''),
  risk: fields.risk.default(''),
  size: sizeSchema.default('medium'),
  model_tier: fields.model_tier.default('default'),
  kind: kindSchema.extract(['code', 'gate']).default('code'),
  run: fields.run.refine(spawnable, unspawnable).default([]),
  timeout_minutes: fields.timeout_minutes.optional(),
})

export const handPlanSchema = planSchema.extend({
  summary: planSchema.shape.summary.default(''),
  context: planSchema.shape.context.default(''),
  approach: planSchema.shape.approach.default(''),
  assumptions: planSchema.shape.assumptions.default([]),
  questions: planSchema.shape.questions.default([]),
  non_goals: planSchema.shape.non_goals.default([]),
  critical_files: planSchema.shape.critical_files.default([]),
  verification: z.array(z.preprocess(asCheck, check)).default([]),
  tasks: z.array(handTaskSchema).min(1),
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
