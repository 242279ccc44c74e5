import { fromMarkdown } from 'mdast-util-from-markdown'
import { z } from 'zod'
import type { Problem } from './core/failure.ts'
import { argvSchema, type Plan, planSchema, taskSchema } from './core/plan.ts'
import { err, ok, type Result } from './core/result.ts'
import type { Settings } from './core/settings.ts'
import { readYaml, type YamlProblem } from './yaml-text.ts'

const INFO = 'tributary'

const wordsSchema = z
  .custom<string[]>((given) => argvSchema.safeParse(given).success, {
    message: 'must be a list of words, such as `[npm, test]`; there is no shell, and a number is written in quotes',
  })
  .pipe(argvSchema)

const { shape } = taskSchema

/** What a person writes of a task; the rest of a task's fields has a default that says nothing. */
const handTaskSchema = z.strictObject({
  id: shape.id,
  title: shape.title,
  needs: shape.needs.default([]),
  writes: shape.writes.default([]),
  reads: shape.reads.default([]),
  run: wordsSchema.default([]),
  acceptance: wordsSchema.default([]),
  goal: shape.goal.default(''),
  context: shape.context.default(''),
  steps: shape.steps.default([]),
  expected_outcome: shape.expected_outcome.default(''),
  interface: shape.interface.default(''),
  out_of_scope: shape.out_of_scope.default(''),
  risk: shape.risk.default(''),
  size: shape.size.default('medium'),
  timeout_minutes: shape.timeout_minutes.optional(),
  kind: z.enum(['code', 'gate']).default('code'),
})

const handPlanSchema = z.strictObject({
  title: planSchema.shape.title,
  summary: planSchema.shape.summary.default(''),
  context: planSchema.shape.context.default(''),
  approach: planSchema.shape.approach.default(''),
  assumptions: planSchema.shape.assumptions.default([]),
  non_goals: planSchema.shape.non_goals.default([]),
  critical_files: planSchema.shape.critical_files.default([]),
  verification: z.array(wordsSchema).default([]),
  tasks: z.array(handTaskSchema).min(1, 'a plan needs at least one task'),
})
type HandPlan = z.infer<typeof handPlanSchema>

/** The plan that a person wrote into the issue: the one fenced block with the info string `tributary`. Not linted yet. */
export function readHandPlan(issueBody: string, settings: Settings): Result<Plan, Problem[]> {
  const blocks = planBlocks(issueBody)
  const [text] = blocks
  if (text === undefined)
    return err([about('no-plan', `the issue holds no fenced block with the info string \`${INFO}\``)])
  if (blocks.length > 1)
    return err([
      about('several-plans', `the issue holds ${blocks.length} blocks with the info string \`${INFO}\`; leave one`),
    ])
  const read = readYaml(text, handPlanSchema)
  return read.ok ? ok(completed(read.value, settings)) : err(read.error.map((problem) => located(problem, text)))
}

const about = (code: Problem['code'], message: string): Problem => ({ code, task: null, field: null, message })

function planBlocks(body: string): string[] {
  return fromMarkdown(body).children.flatMap((node) => (node.type === 'code' && node.lang === INFO ? [node.value] : []))
}

function completed(hand: HandPlan, settings: Settings): Plan {
  return planSchema.parse({
    ...hand,
    questions: [],
    verification: hand.verification.map((argv) => ({ argv })),
    tasks: hand.tasks.map((task) => ({
      ...task,
      acceptance: { argv: task.acceptance, expect: '' },
      model_tier: 'default',
      timeout_minutes: task.timeout_minutes ?? settings.limits.task_minutes,
    })),
  })
}

/** Names the task by the id that stands in the text, since people do not count entries of a list. */
function located({ line, path, message }: YamlProblem, text: string): Problem {
  const code = path.length === 0 ? 'not-yaml' : 'not-a-plan'
  const where = `line ${line} of the block: ${message}`
  if (path[0] !== 'tasks' || typeof path[1] !== 'number')
    return { code, task: null, field: fieldOf(path), message: where }
  return { code, task: idOf(text, path[1]), field: fieldOf(path.slice(2)), message: where }
}

const fieldOf = (path: readonly (string | number)[]): string | null => (path.length === 0 ? null : path.join('.'))

function idOf(text: string, index: number): string {
  const read = readYaml(text, z.object({ tasks: z.array(z.looseObject({ id: z.string().optional() }).catch({})) }))
  return (read.ok ? read.value.tasks[index]?.id : undefined) ?? `number ${index + 1}`
}
