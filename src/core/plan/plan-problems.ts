import { type Problem, problem } from '../failure.ts'
import type { Settings } from '../settings.ts'
import { listed, quoted } from '../text/quoted.ts'
import { globWithin } from './glob.ts'
import type { KnownBase } from './known-base.ts'
import { type Linted, lintPlan } from './lint.ts'
import type { Argv, Plan, Task } from './plan.ts'
import type { PlanOptions } from './planning.ts'

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
function pathProblems({ writes }: Pick<Task, 'writes'>, paths: readonly string[]): string[] {
  if (paths.length === 0) return []
  const allowed = paths.flatMap((path) => [path, `${path.replace(/\/$/, '')}/**`])
  return writes
    .filter((glob) => !globWithin(glob, allowed))
    .map((glob) => `it may write ${quoted(glob)}, and the plan was asked for ${listed(paths)} only.`)
}

/** Applies every rule for a plan by hand, for an issue and for the terminal alike. */
export function judgeByHand(
  plan: Plan,
  settings: Settings,
  known: KnownBase,
  paths: readonly string[],
): { problems: Problem[]; linted: Linted } {
  const linted = lintPlan(plan, settings, known)
  return { problems: [...linted.problems, ...outsidePaths(linted.plan, paths)], linted }
}

/** `/plan --paths` holds for plans by hand too. */
const outsidePaths = ({ tasks }: Plan, paths: readonly string[]): Problem[] =>
  tasks.flatMap((task) =>
    pathProblems(task, paths).map((wrong) => ({
      code: 'bad-path' as const,
      task: task.id,
      field: 'writes',
      message: `As it is written, ${wrong} Narrow its globs, or ask for more paths.`,
    })),
  )

/** A plan that no comment can hold. */
export const planTooLong: Problem = problem('too-long', 'The plan does not fit into a comment: make it two issues.')
