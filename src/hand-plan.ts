import { fromMarkdown } from 'mdast-util-from-markdown'
import { checked, type Misfit } from './checked.ts'
import type { Problem } from './core/failure.ts'
import type { Plan } from './core/plan.ts'
import { err, ok, type Result } from './core/result.ts'
import type { Settings } from './core/settings.ts'
import { handPlanSchema, toPlan } from './hand-plan-schema.ts'
import { type Path, readYaml } from './yaml.ts'

const INFO = 'tributary'
const LONGEST_NAME = 40

/** Only blocks matter here, and the time that links and stars take grows with the square of the text. */
const BLOCKS_ONLY = {
  disable: { null: ['attention', 'autolink', 'codeText', 'htmlText', 'labelEnd', 'labelStartImage', 'labelStartLink'] },
}

/** A plan as it is written, in YAML. */
export interface PlanBlock {
  text: string
  /** Lines of the text around it that stand above its first one. */
  above: number
}

/** A problem, and its line; null: that of no line. */
export interface PlacedProblem {
  line: number | null
  problem: Problem
}

/** A plan, and where it says what. */
export interface WrittenPlan {
  plan: Plan
  lineOf: (path: Path) => number
}

/** The plan that a person wrote into the issue. Lines count from the block's first. */
export function readHandPlan(issueBody: string, settings: Settings): Result<Plan, Problem[]> {
  const block = findPlan(issueBody)
  if (!block.ok) return err([block.error])
  const written = readPlanBlock({ ...block.value, above: 0 }, settings)
  return written.ok ? ok(written.value.plan) : err(written.error.map(inBlock))
}

const inBlock = ({ line, problem }: PlacedProblem): Problem =>
  line === null ? problem : { ...problem, message: `Line ${line} of the block: ${problem.message}` }

/** The one fenced block `tributary` of a text in Markdown. */
export function findPlan(markdown: string): Result<PlanBlock, Problem> {
  const [block, ...more] = planBlocks(fromMarkdown(markdown.replace(/\r\n?/g, '\n'), { extensions: [BLOCKS_ONLY] }))
  if (block === undefined) return err(problem('no-plan', NO_PLAN))
  if (more.length === 0) return ok(block)
  return err(
    problem('several-plans', `The issue has ${more.length + 1} fenced blocks \`tributary\`. Leave one of them.`),
  )
}

/** What a block says, or every problem with its form. Lines are those of the text around it. */
export function readPlanBlock({ text, above }: PlanBlock, settings: Settings): Result<WrittenPlan, PlacedProblem[]> {
  const yaml = readYaml(text, above)
  if (!yaml.ok)
    return err(yaml.error.map(({ line, message }) => ({ line, problem: problem('not-yaml', `${message}.`) })))
  const { value, lineOf } = yaml.value
  if (value === null)
    return err([{ line: null, problem: problem('no-plan', `The fenced block \`tributary\` is empty. ${FIELDS}`) }])
  const plan = checked(handPlanSchema, yaml.value)
  if (!plan.ok) return err(plan.error.map((misfit) => placed(misfit, value)))
  return ok({ plan: toPlan(plan.value, settings), lineOf })
}

const FIELDS =
  'It holds a plan in YAML: `title`, and `tasks`, each with `id`, `title`, `needs`, `writes`, `run` and `acceptance`.'
const NO_PLAN = `The issue has no fenced block with the info string \`${INFO}\`. Write one into its text. ${FIELDS}`

type Piece = {
  type: string
  lang?: string | null
  value?: string
  children?: readonly Piece[]
  position?: { start: { line: number } } | undefined
}

/** A quoted plan is somebody else's. */
function planBlocks(piece: Piece): PlanBlock[] {
  if (piece.type === 'code')
    return piece.lang?.toLowerCase() === INFO
      ? [{ text: piece.value ?? '', above: piece.position?.start.line ?? 0 }]
      : []
  return piece.type === 'blockquote' ? [] : (piece.children ?? []).flatMap(planBlocks)
}

const problem = (code: Problem['code'], message: string): Problem => ({ code, task: null, field: null, message })

function placed({ line, path, tooLong, message }: Misfit, plan: unknown): PlacedProblem {
  const code = tooLong ? 'too-long' : 'not-a-plan'
  const [first, index, field] = path
  const ofTask = first === 'tasks' && typeof index === 'number'
  const named = ofTask ? field : first
  const name = named === undefined ? null : String(named).slice(0, LONGEST_NAME)
  return { line, problem: { code, task: ofTask ? taskName(plan, path) : null, field: name, message } }
}

/** Its id as it was written, which may be what is wrong with it; else its place. */
function taskName(plan: unknown, [, index]: Path): string {
  const tasks = property(plan, 'tasks')
  const id = Array.isArray(tasks) ? property(tasks[Number(index)], 'id') : undefined
  return typeof id === 'string' && id !== '' ? id.slice(0, LONGEST_NAME) : `task ${Number(index) + 1}`
}

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
