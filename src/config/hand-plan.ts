import { fromMarkdown } from 'mdast-util-from-markdown'
import { z } from 'zod'
import type { Problem } from '../core/failure.ts'
import { kindSchema, type Plan, planSchema, sizeSchema, type Task, taskSchema } from '../core/plan/plan.ts'
import { err, ok, type Result } from '../core/result.ts'
import type { Settings } from '../core/settings.ts'
import { quoted } from '../core/text/quoted.ts'
import { checked, type SchemaProblem } from './check.ts'
import { wordsOfLine } from './shell-words.ts'
import { flowList, type Path, readYaml } from './yaml.ts'

const INFO = 'tributary'
const LONGEST_NAME = 40

/** Only blocks that could hold a plan matter here: the parser takes time quadratic in the text for each of these. */
const BLOCKS_ONLY = {
  disable: {
    null: [
      ...['attention', 'autolink', 'codeText', 'htmlText', 'labelEnd', 'labelStartImage', 'labelStartLink'],
      ...['definition', 'setextUnderline'],
    ],
  },
}

/** Quotes and lists in each other on one line. The parser's time grows with their square, and its stack with them. */
const DEEPEST = 50
const TOO_DEEP = new RegExp(`^(?:[ \\t]*(?:>|[-+*](?=[ \\t])|\\d{1,9}[.)](?=[ \\t]))){${DEEPEST + 1}}`)

/** The YAML text of a plan. */
export interface PlanBlock {
  text: string
  /** Number of lines of the surrounding text above its first line. */
  above: number
}

/** A problem and its line; null if it is about no line. */
interface LineProblem {
  line: number | null
  problem: Problem
}

/** A plan, and the lines of its values. */
export interface WrittenPlan {
  plan: Plan
  lineOf: (path: Path) => number
}

/** The plan that a person wrote into the issue. Lines are counted from the first line of the block. */
export function readHandPlan(issueBody: string, settings: Settings): Result<Plan, Problem[]> {
  const block = findPlan(issueBody)
  if (!block.ok) return err([block.error])
  const written = readPlanBlock({ ...block.value, above: 0 }, settings)
  return written.ok ? ok(written.value.plan) : err(written.error.map(inBlock))
}

const inBlock = ({ line, problem }: LineProblem): Problem =>
  line === null ? problem : { ...problem, message: `Line ${line} of the block: ${problem.message}` }

/** The only fenced block `tributary` of a Markdown text; a problem if there is none or more than one. */
export function findPlan(markdown: string): Result<PlanBlock, Problem> {
  const text = markdown.replace(/\r\n?/g, '\n')
  const deep = text.split('\n').findIndex((line) => TOO_DEEP.test(line))
  if (deep !== -1) return err(problem('no-plan', tooDeep(deep + 1)))
  const parsed = fromMarkdown(text, { extensions: [BLOCKS_ONLY] })
  const [block, ...more] = planBlocks(parsed)
  if (block === undefined) return err(nearMiss(parsed) ? problem('not-a-plan', NEAR_MISS) : problem('no-plan', NO_PLAN))
  if (more.length === 0) return ok(block)
  return err(
    problem('several-plans', `The issue has ${more.length + 1} fenced blocks \`tributary\`. Keep one of them.`),
  )
}

/** Parses a block; returns the plan or all problems. Lines are those of the surrounding text. */
export function readPlanBlock({ text, above }: PlanBlock, settings: Settings): Result<WrittenPlan, LineProblem[]> {
  const yaml = readYaml(text, above)
  if (!yaml.ok)
    return err(yaml.error.map(({ line, message }) => ({ line, problem: problem('not-yaml', `${message}.`) })))
  const { value, lineOf } = yaml.value
  if (value === null)
    return err([{ line: null, problem: problem('no-plan', `The fenced block \`tributary\` is empty. ${FIELDS}`) }])
  const plan = checked(handPlanSchema, yaml.value)
  if (!plan.ok) return err(plan.error.map((found) => atLine(found, value)))
  return ok({ plan: toPlan(plan.value, settings), lineOf })
}

const FIELDS =
  'It contains a plan in YAML: `title`, and `tasks`, each with `id`, `title`, `needs`, `writes`, `run` and `acceptance`.'
const NO_PLAN = `The issue has no fenced block with the info string \`${INFO}\`. Add one to its text. ${FIELDS}`
const NEAR_MISS = `The issue has a fenced block \`yaml\` that looks like a plan. If it is one, begin it with \`${INFO}\` instead of \`yaml\`; if it is not, rename its key \`tasks\`.`
const tooDeep = (line: number): string =>
  `In line ${line} of the issue more than ${DEEPEST} quotes or lists are nested, and such a text is not searched for a plan. Remove some levels.`

type Piece = {
  type: string
  lang?: string | null
  value?: string
  children?: readonly Piece[]
  position?: { start: { line: number } } | undefined
}

/** A plan in a quotation is not taken: another person wrote it. */
function planBlocks(piece: Piece): PlanBlock[] {
  if (piece.type === 'code')
    return piece.lang?.toLowerCase() === INFO
      ? [{ text: piece.value ?? '', above: piece.position?.start.line ?? 0 }]
      : []
  return piece.type === 'blockquote' ? [] : (piece.children ?? []).flatMap(planBlocks)
}

/** Whether a block in the issue's own words would be a plan if its fence said so. */
const nearMiss = ({ type, lang, value = '', children = [] }: Piece): boolean =>
  type === 'code'
    ? /^ya?ml$/i.test(lang ?? '') && PLAN_LIKE.every((field) => field.test(value))
    : type !== 'blockquote' && children.some(nearMiss)

const PLAN_LIKE = [/^tasks:\s*$/m, /^\s*(?:- )?id:/m, /^\s*(?:- )?(?:writes|acceptance):/m]

const problem = (code: Problem['code'], message: string): Problem => ({ code, task: null, field: null, message })

function atLine({ line, path, tooLong, message }: SchemaProblem, plan: unknown): LineProblem {
  const code = tooLong ? 'too-long' : 'not-a-plan'
  const [first, index, field] = path
  const ofTask = first === 'tasks' && typeof index === 'number'
  const named = ofTask ? field : first
  const name = named === undefined ? null : String(named).slice(0, LONGEST_NAME)
  return { line, problem: { code, task: ofTask ? taskName(plan, path) : null, field: name, message } }
}

/** The task's id as written, which may itself be the problem; else its number. */
function taskName(plan: unknown, [, index]: Path): string {
  const tasks = property(plan, 'tasks')
  const id = Array.isArray(tasks) ? property(tasks[Number(index)], 'id') : undefined
  return typeof id === 'string' && id !== '' ? id.slice(0, LONGEST_NAME) : `task ${Number(index) + 1}`
}

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined

/** Why the words cannot be a command; null if they can. */
function whyNotCalled(argv: readonly string[]): string | null {
  const [program] = argv
  if (program === '' || argv.some((word) => word.includes('\0')))
    return 'must begin with the name of a program, and cannot contain a null character'
  return program !== undefined && /\s/.test(program)
    ? `begins with ${quoted(program)}, which is not a program: each word is an item of its own, ${quoted(flowList(wordsOfLine(program)))}`
    : null
}

/** A list of words that can be a command; the first one names the program. The patterns state the same to editors. */
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

/** People write a command as its list of words; the plan's full form is accepted too. */
const asCommand = (written: unknown): unknown =>
  typeof written === 'object' && written !== null && !Array.isArray(written) ? written : { argv: written, expect: '' }
const asCheck = (written: unknown): unknown =>
  typeof written === 'object' && written !== null && !Array.isArray(written) ? written : { argv: written }

const fields = taskSchema.shape
const acceptance = fields.acceptance.extend({
  argv: callable(fields.acceptance.shape.argv),
  expect: z.string().default(''),
})
const oneCommand = callable(fields.commands.unwrap().element, '^[^\\u0000]+$')
const oneCheck = planSchema.shape.verification.element
const check = oneCheck.extend({ argv: callable(oneCheck.shape.argv, '^[^\\u0000]+$') })

/** The plan's schema, with defaults for what people leave out. Lint checks the content. */
const handTaskSchema = taskSchema.extend({
  id: fields.id.describe('Names the task, its branch and its check'),
  title: fields.title.optional().describe('One line. Default: the id'),
  goal: fields.goal.default('').describe('What to achieve; shown in the check, and told to an agent'),
  context: fields.context.default('').describe('What you have to know for it'),
  needs: fields.needs.default([]).describe('Ids of the tasks that have to land first'),
  writes: fields.writes
    .default([])
    .describe('Globs of the files that it may change; a change elsewhere fails the task'),
  reads: fields.reads.default([]).describe('Globs of what it depends on'),
  acceptance: z
    .preprocess(asCommand, acceptance)
    .prefault([])
    .describe('The command that proves it, as a list of words; it may change no file'),
  steps: fields.steps.default([]).describe('What to do, in order'),
  expected_outcome: fields.expected_outcome.default('').describe('What is true when it is done'),
  interface: fields.interface.default('').describe('What other tasks rely on'),
  out_of_scope: fields.out_of_scope.default('').describe('What to leave alone'),
  risk: fields.risk.default('').describe('What could go wrong'),
  size: sizeSchema.default('medium').describe('How long it may take, for the order of tasks'),
  model_tier: fields.model_tier.default('default').describe('Which model of the settings the agent uses'),
  kind: kindSchema
    .extract(['code', 'gate'])
    .default('code')
    .describe('gate: no work; nothing that needs it starts before a person approves it'),
  commands: z
    .array(oneCommand)
    .default([])
    .describe(
      'More commands that the agent may run with `agent_commands: listed`; one that ends in `--` allows any words after it',
    ),
  run: callable(fields.run)
    .default([])
    .describe('The program that does the work, as a list of words. Without it, an agent does the task'),
  timeout_minutes: fields.timeout_minutes
    .optional()
    .describe('When it is stopped and fails. Default: limits.task_minutes'),
})

const shape = planSchema.shape
export const handPlanSchema = planSchema.extend({
  title: shape.title.describe('The title of the final pull request'),
  summary: shape.summary.default('').describe('What the change is, in a sentence or two'),
  context: shape.context.default('').describe('Why; shown in the plan, and with every task'),
  approach: shape.approach.default('').describe('How'),
  assumptions: shape.assumptions.default([]).describe('What the plan assumes'),
  questions: shape.questions.default([]).describe('Open questions'),
  non_goals: shape.non_goals.default([]).describe('What the change is not about'),
  critical_files: shape.critical_files.default([]).describe('The files that matter most'),
  verification: z
    .array(z.preprocess(asCheck, check))
    .default([])
    .describe('Commands that run on the merged whole, each a list of words'),
  tasks: z.array(handTaskSchema).min(1).describe('At least one'),
})

type HandPlan = z.infer<typeof handPlanSchema>

const toPlan = (written: HandPlan, { limits }: Settings): Plan => ({
  ...written,
  tasks: written.tasks.map(
    (task): Task => ({
      ...task,
      title: task.title ?? task.id,
      timeout_minutes: task.timeout_minutes ?? limits.task_minutes,
    }),
  ),
})
