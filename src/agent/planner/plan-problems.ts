import { predictCost } from '../../core/money/predicted-cost.ts'
import { globWithin } from '../../core/plan/glob.ts'
import { lintPlan } from '../../core/plan/lint.ts'
import type { Argv, Plan, Task } from '../../core/plan/plan.ts'
import type { PlanOptions } from '../../core/plan/planning.ts'
import type { Settings } from '../../core/settings.ts'
import { listed, quoted } from '../../core/text/quoted.ts'

export interface Rules {
  settings: Settings
  options: PlanOptions
}

/** What is wrong with the last of these tasks, as sentences; nothing was wrong with those before it. */
export function taskProblems(before: readonly Task[], task: Task, rules: Rules): string[] {
  const { problems } = lintPlan({ ...bare, tasks: [...before, task] }, rules.settings)
  return [
    ...problems.flatMap((it) => (it.task === null ? [] : [`${quoted(it.task)}, ${it.field}: ${it.message}`])),
    ...own(task, rules).map((wrong) => `${quoted(task.id)}: ${wrong}`),
  ]
}

export const isOneTooMany = (before: readonly Task[], { settings }: Rules): boolean =>
  before.length >= settings.limits.tasks

/** What is wrong with a plan as a whole, and not with one of its tasks. */
export const wholeProblems = (plan: Plan, settings: Settings): string[] => [
  ...lintPlan(plan, settings)
    .problems.filter(({ task }) => task === null)
    .map(({ message }) => message),
  ...plan.verification.flatMap(({ argv }) => shellProblem(argv)).map((wrong) => `verification: ${wrong}`),
]

const bare: Plan = {
  title: '-',
  summary: '',
  context: '',
  approach: '',
  assumptions: [],
  questions: [],
  non_goals: [],
  critical_files: [],
  verification: [],
  tasks: [],
}

/** A brief is read before every turn, and a plan has to fit into a comment. */
const MOST_CHARACTERS = 8000
const MOST_GLOBS = 60

const own = (task: Task, { options }: Rules): string[] => [
  ...sizeProblem(task),
  ...kindProblem(task),
  ...shellProblem(task.acceptance.argv),
  ...pathProblems(task, options.paths),
]

function sizeProblem(task: Task): string[] {
  const characters = JSON.stringify(task).length
  const globs = task.writes.length + task.reads.length
  return [
    ...(characters > MOST_CHARACTERS ? [`it has ${characters} characters, and ${MOST_CHARACTERS} are allowed.`] : []),
    ...(globs > MOST_GLOBS ? [`it names ${globs} globs, and ${MOST_GLOBS} are allowed: name folders.`] : []),
  ]
}

function kindProblem({ kind, writes }: Task): string[] {
  if (kind === 'plan' && writes.length === 0)
    return ['a task that becomes tasks later says in `writes` where those may write.']
  return []
}

const SHELL = /^(?:&&|\|\|?|;|&|[0-9]*[<>]{1,2}&?[0-9]*|\$\(.*)$/

function shellProblem(argv: Argv): string[] {
  const [program = ''] = argv
  const sign = argv.find((word) => SHELL.test(word))
  if (sign !== undefined) return [`${quoted(sign)} means something to a shell only, and no shell runs a command here.`]
  return /\s/.test(program) ? [`${quoted(program)} is no program: each word of a command is an item of its own.`] : []
}

/** What a task may write outside the paths that the plan was asked for, as parts of sentences; nothing where none were named. */
export function pathProblems({ writes }: Pick<Task, 'writes'>, paths: readonly string[]): string[] {
  if (paths.length === 0) return []
  const allowed = paths.flatMap((path) => [path, `${path.replace(/\/$/, '')}/**`])
  return writes
    .filter((glob) => !globWithin(glob, allowed))
    .map((glob) => `it may write ${quoted(glob)}, and the plan was asked for ${listed(paths)} only.`)
}

/** How far a prediction from assumptions may be off before a plan is sent back for it. */
const SLACK = 2

/** Whether the work would pass the run's limit, as far as that can be told. */
export function budgetWords(plan: Plan, settings: Settings): { notes: string[]; problems: string[] } {
  const { parallelUsd } = predictCost(plan, settings)
  const { usd } = settings.budget
  if (parallelUsd <= usd) return { notes: [], problems: [] }
  const words = `The tasks are predicted to cost ${parallelUsd.toFixed(2)} USD, and the run may spend ${usd.toFixed(2)} USD`
  return parallelUsd > usd * SLACK
    ? { notes: [], problems: [`${words}: plan fewer or smaller tasks, or cheaper tiers.`] }
    : { notes: [`${words}: it will stop at its limit if that is right.`], problems: [] }
}
