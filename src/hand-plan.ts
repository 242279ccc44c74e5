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

/** The plan that a person wrote into the issue: its one fenced block `tributary`, in YAML. Lines count from the block's first. */
export function readHandPlan(issueBody: string, settings: Settings): Result<Plan, Problem[]> {
  const [block, ...more] = planBlocks(fromMarkdown(issueBody.replace(/\r\n?/g, '\n'), { extensions: [BLOCKS_ONLY] }))
  if (block === undefined) return refused('no-plan', NO_PLAN)
  if (more.length > 0) {
    return refused('several-plans', `The issue has ${more.length + 1} fenced blocks \`tributary\`. Leave one of them.`)
  }
  const yaml = readYaml(block)
  if (!yaml.ok) {
    return err(yaml.error.map(({ line, message }) => problem('not-yaml', `${inLine(line)}${message}.`)))
  }
  if (yaml.value.value === null) return refused('no-plan', `The fenced block \`tributary\` is empty. ${FIELDS}`)
  const plan = checked(handPlanSchema, yaml.value)
  if (!plan.ok) return err(plan.error.map((misfit) => misfitProblem(misfit, yaml.value.value)))
  return ok(toPlan(plan.value, settings))
}

const FIELDS =
  'It holds a plan in YAML: `title`, and `tasks`, each with `id`, `title`, `needs`, `writes`, `run` and `acceptance`.'
const NO_PLAN = `The issue has no fenced block with the info string \`${INFO}\`. Write one into its text. ${FIELDS}`

type Piece = { type: string; lang?: string | null; value?: string; children?: readonly Piece[] }

/** A quoted plan is somebody else's. */
function planBlocks(piece: Piece): string[] {
  if (piece.type === 'code') return piece.lang?.toLowerCase() === INFO ? [piece.value ?? ''] : []
  return piece.type === 'blockquote' ? [] : (piece.children ?? []).flatMap(planBlocks)
}

const inLine = (line: number): string => `Line ${line} of the block: `
const problem = (code: Problem['code'], message: string): Problem => ({ code, task: null, field: null, message })
const refused = (code: Problem['code'], message: string) => err([problem(code, message)])

function misfitProblem({ line, path, tooLong, message }: Misfit, plan: unknown): Problem {
  const code = tooLong ? 'too-long' : 'not-a-plan'
  const [first, index, field] = path
  const ofTask = first === 'tasks' && typeof index === 'number'
  const named = ofTask ? field : first
  const name = named === undefined ? null : String(named).slice(0, LONGEST_NAME)
  return { code, task: ofTask ? taskName(plan, path) : null, field: name, message: `${inLine(line)}${message}` }
}

/** Its id as it was written, which may be what is wrong with it; else its place. */
function taskName(plan: unknown, [, index]: Path): string {
  const tasks = property(plan, 'tasks')
  const id = Array.isArray(tasks) ? property(tasks[Number(index)], 'id') : undefined
  return typeof id === 'string' && id !== '' ? id.slice(0, LONGEST_NAME) : `task ${Number(index) + 1}`
}

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined
