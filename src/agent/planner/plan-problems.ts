import type { Problem } from '../../core/failure.ts'
import { predictCost } from '../../core/money/predicted-cost.ts'
import { globWithin } from '../../core/plan/glob.ts'
import type { KnownBase } from '../../core/plan/known-base.ts'
import { lintPlan } from '../../core/plan/lint.ts'
import type { Argv, Plan, Task } from '../../core/plan/plan.ts'
import type { PlanOptions } from '../../core/plan/planning.ts'
import type { Settings } from '../../core/settings.ts'
import { listed, quoted } from '../../core/text/quoted.ts'

export interface PlanningRules {
  settings: Settings
  options: PlanOptions
  known: KnownBase
}

/** Problems of `task`, as sentences. The tasks before it have none. */
export function taskProblems(before: readonly Task[], task: Task, rules: PlanningRules): string[] {
  const { problems } = lintPlan({ ...emptyPlan, tasks: [...before, task] }, rules.settings, rules.known)
  return [
    ...problems.flatMap((it) =>
      it.task === null || isOfOther(it, task) ? [] : [`${quoted(it.task)}, ${it.field}: ${it.message}`],
    ),
    ...ownProblems(task, rules).map((wrong) => `${quoted(task.id)}: ${wrong}`),
  ]
}

/** A task that would have added a script or a file may be no longer there: those that named it fail by themselves, or are replaced. */
const isOfOther = (it: Problem, { id }: Task): boolean =>
  (it.code === 'no-such-script' || it.code === 'no-such-path') && it.task !== id

export const isOneTooMany = (before: readonly Task[], { settings }: PlanningRules): boolean =>
  before.length >= settings.limits.tasks

/** Problems of a plan as a whole, as sentences; not those of single tasks. */
export const wholeProblems = (plan: Plan, settings: Settings, known: KnownBase): string[] => [
  ...lintPlan(plan, settings, known)
    .problems.filter(({ task }) => task === null)
    .map(({ message }) => message),
  ...plan.verification.flatMap(({ argv }) => shellProblem(argv)).map((wrong) => `verification: ${wrong}`),
]

const emptyPlan: Plan = {
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

/** A worker's prompt holds the task in every turn, and a plan has to fit into a comment. */
const MOST_CHARACTERS = 8000
const MOST_GLOBS = 60

const ownProblems = (task: Task, { options }: PlanningRules): string[] => [
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

/**
 * Globs of `writes` outside of the paths that the plan was requested for, as clauses; empty if it was requested for all
 * paths.
 */
export function pathProblems({ writes }: Pick<Task, 'writes'>, paths: readonly string[]): string[] {
  if (paths.length === 0) return []
  const allowed = paths.flatMap((path) => [path, `${path.replace(/\/$/, '')}/**`])
  return writes
    .filter((glob) => !globWithin(glob, allowed))
    .map((glob) => `it may write ${quoted(glob)}, and the plan was asked for ${listed(paths)} only.`)
}

/** Factor by which a prediction may pass the budget before it is a problem of the plan: it rests on assumptions. */
const SLACK = 2

/** A note, or a problem, if the predicted cost of the tasks passes the budget of the run. */
export function budgetProblems(plan: Plan, settings: Settings): { notes: string[]; problems: string[] } {
  const predicted = predictCost(plan, settings).usd.likely
  const { usd } = settings.budget
  if (predicted <= usd) return { notes: [], problems: [] }
  const sentence = `The tasks are predicted to cost ${predicted.toFixed(2)} USD, and the run may spend ${usd.toFixed(2)} USD`
  return predicted > usd * SLACK
    ? { notes: [], problems: [`${sentence}: plan fewer or smaller tasks, or cheaper tiers.`] }
    : { notes: [`${sentence}: it will stop at its limit if that is right.`], problems: [] }
}
