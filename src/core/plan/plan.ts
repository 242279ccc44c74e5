import { z } from 'zod'
import { taskIdSchema } from '../ids.ts'
import type { Settings } from '../settings.ts'

/** A command as a list of words, run without a shell. */
export const argvSchema = z.array(z.string().min(1)).min(1)
export type Argv = readonly string[]

const PREFIX_END = '--'

/** Whether a command of a plan stands for itself with any further words: `npm test --`. */
export const isPrefix = (argv: Argv): boolean => argv.length > 1 && argv.at(-1) === PREFIX_END

/** Whether a command of a plan allows these words: exactly its own, or, for a prefix, any that begin so. */
export const allowsCommand = (listed: Argv, argv: Argv): boolean =>
  (isPrefix(listed) ? argv.length >= listed.length : argv.length === listed.length) &&
  listed.every((word, index) => word === argv[index])

export const sizeSchema = z.enum(['small', 'medium', 'large'])
export type Size = z.infer<typeof sizeSchema>

/** `resolve` stands in old journals only: no plan may hold it, and such a task counts as one of an agent. */
export const kindSchema = z.enum(['code', 'plan', 'resolve', 'verify', 'gate'])

export const taskSchema = z.strictObject({
  id: taskIdSchema,
  title: z.string().min(1).max(120),
  goal: z.string(),
  context: z.string(),
  needs: z.array(taskIdSchema),
  writes: z.array(z.string().min(1)),
  reads: z.array(z.string().min(1)),
  acceptance: z.strictObject({ argv: z.array(z.string()), expect: z.string() }),
  steps: z.array(z.string()),
  expected_outcome: z.string(),
  interface: z.string(),
  out_of_scope: z.string(),
  risk: z.string(),
  size: sizeSchema,
  model_tier: z.enum(['cheap', 'default', 'strong']),
  kind: kindSchema,
  /** Further commands that the task's agent may run; one that ends in `--` allows any words behind it. */
  commands: z.array(argvSchema).default([]),
  /** The worker program of a handwritten plan; if empty, an agent works on the task. */
  run: z.array(z.string()),
  /** Minutes after which the task is stopped and fails. */
  timeout_minutes: z.number().positive().max(360),
})
export type Task = z.infer<typeof taskSchema>

/** A plan streams in the order of these fields: tasks come last, so that each can be used once it is complete. */
export const planSchema = z.strictObject({
  title: z.string().min(1).max(200),
  summary: z.string(),
  context: z.string(),
  approach: z.string(),
  assumptions: z.array(z.string()),
  questions: z.array(
    z.strictObject({ id: z.string(), question: z.string(), options: z.array(z.string()), default: z.string() }),
  ),
  non_goals: z.array(z.string()),
  critical_files: z.array(z.string()),
  verification: z.array(z.strictObject({ argv: argvSchema })),
  tasks: z.array(taskSchema).min(1),
})
export type Plan = z.infer<typeof planSchema>

export type Tier = Task['model_tier']

const OTHER_KINDS: readonly Task['kind'][] = ['plan', 'verify', 'gate']

/** Whether an agent works on the task: it has no program, and does not only check, wait or plan. */
export const isAgentTask = ({ run, kind }: Task): boolean => run.length === 0 && !OTHER_KINDS.includes(kind)

export const workerSchema = z.enum(['agent', 'command', 'program'])
export type Worker = z.infer<typeof workerSchema>

/** Who works on a task: our agent, the agent of `worker.command`, or the task's own program. */
export function workerOf(task: Task, { worker }: Settings): Worker {
  if (!isAgentTask(task)) return 'program'
  return worker.command.length > 0 ? 'command' : 'agent'
}

export const modelFor = (tier: Tier, { worker_model }: Settings): string => worker_model[tier]
