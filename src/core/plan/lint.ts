import type { Problem } from '../failure.ts'
import { RESERVED_TASK_IDS } from '../ids.ts'
import { SETTINGS_PATH, type Settings } from '../settings.ts'
import { nearest } from '../text/nearest.ts'
import { listed, quoted } from '../text/quoted.ts'
import { validGlob } from './glob.ts'
import { findCycle, topologicalOrder } from './graph.ts'
import { type KnownBase, unknownBase } from './known-base.ts'
import { missingPaths } from './path-notes.ts'
import { type Argv, isPrefix, type Plan, type Task } from './plan.ts'
import { protectedGlobs, touchedProtected } from './protected-paths.ts'
import { type Scripts, tasksBefore, whyNoScript } from './scripts.ts'
import { orderWrites } from './write-order.ts'

export interface Linted {
  problems: Problem[]
  /** With its tasks in topological order and the edges that `notes` describe; unchanged if there are problems. */
  plan: Plan
  notes: string[]
}

/** Checks a plan before it is shown. Fixes what needs no decision by a person, and notes it. */
export function lintPlan(plan: Plan, settings: Settings, base: KnownBase = unknownBase): Linted {
  const problems = [
    ...countProblem(plan, settings),
    ...graphProblems(plan),
    ...plan.tasks.flatMap((task) => taskProblems(task, settings)),
    ...plan.verification.flatMap(({ argv }) => checkProblem(argv, { task: null, field: 'verification' }, settings)),
    ...scriptProblems(plan, base.scripts),
    ...missingPaths(plan, base.files),
  ]
  if (problems.length > 0) return { problems, plan, notes: [] }
  const gates = emptyGates(plan.tasks)
  const ordered = orderWrites(gates.tasks)
  return {
    problems: [],
    plan: { ...plan, tasks: topologicalOrder(ordered.tasks) },
    notes: [...gates.notes, ...ordered.notes],
  }
}

type ProblemField = Pick<Problem, 'task' | 'field'>

function countProblem({ tasks }: Plan, { limits }: Settings): Problem[] {
  if (tasks.length <= limits.tasks) return []
  const message = `The plan has ${tasks.length} tasks, and ${limits.tasks} are allowed. Join some, or raise \`limits.tasks\` in \`${SETTINGS_PATH}\`.`
  return [{ code: 'too-many-tasks', task: null, field: 'tasks', message }]
}

function taskProblems(task: Task, settings: Settings): Problem[] {
  if (task.kind === 'gate') return []
  return [
    ...missing(task),
    ...task.writes.flatMap((glob) => globProblem(glob, { task: task.id, field: 'writes' })),
    ...task.reads.flatMap((glob) => globProblem(glob, { task: task.id, field: 'reads' })),
    ...task.writes.flatMap((glob) => protectedProblem(glob, task, settings)),
    ...commandProblem(task.run, { task: task.id, field: 'run' }, settings),
    ...checkProblem(task.acceptance.argv, { task: task.id, field: 'acceptance' }, settings),
    ...task.commands.flatMap((argv) => commandProblem(argv, { task: task.id, field: 'commands' }, settings)),
  ]
}

function missing({ id: task, kind, writes, acceptance }: Task): Problem[] {
  if (kind !== 'code' && kind !== 'verify') return []
  const problems: Problem[] = []
  if (kind === 'code' && writes.length === 0) {
    const message = 'A task may change only the files that it names. Name them, such as `writes: [src/http/**]`.'
    problems.push({ code: 'missing-writes', task, field: 'writes', message })
  }
  if (acceptance.argv.length === 0) {
    const message =
      'Nothing says when the task is done. Name a command that then succeeds, such as `acceptance: [npm, test]`.'
    problems.push({ code: 'missing-acceptance', task, field: 'acceptance', message })
  }
  return problems
}

function globProblem(glob: string, field: ProblemField): Problem[] {
  const wrong = validGlob(glob)
  return wrong === null ? [] : [{ code: 'bad-path', ...field, message: `${quoted(glob)}: ${wrong}.` }]
}

function protectedProblem(glob: string, { id: task }: Task, settings: Settings): Problem[] {
  const touched = validGlob(glob) === null ? touchedProtected(glob, protectedGlobs(settings)) : null
  if (touched === null) return []
  const message = `${quoted(glob)} could touch ${quoted(touched)}, which no task may write. Name the files or folders more precisely.`
  return [{ code: 'protected-path', task, field: 'writes', message }]
}

function commandProblem(argv: Argv, field: ProblemField, { commands }: Settings): Problem[] {
  const [program] = argv
  if (program === undefined || commands.length === 0 || commands.includes(program)) return []
  const message = `${quoted(program)} is not among the programs that plans may call here: ${listed(commands)}. Use one of them, or add it to \`commands\` in \`${SETTINGS_PATH}\`.`
  return [{ code: 'command-not-allowed', ...field, message }]
}

/** A check runs word for word, and agents may run it: open at its end, it would allow them more than it says. */
function checkProblem(argv: Argv, field: ProblemField, settings: Settings): Problem[] {
  const problems = commandProblem(argv, field, settings)
  if (!isPrefix(argv)) return problems
  const message = `${quoted(argv.join(' '))} ends in \`--\`, which in \`commands\` allows any words after it. A check runs exactly as written: leave the \`--\` out.`
  return [...problems, { code: 'open-check', ...field, message }]
}

/** Checks whose npm script is not there, and which can only fail. */
const scriptProblems = ({ tasks, verification }: Plan, scripts: Scripts): Problem[] =>
  [
    ...tasks.map(({ id, acceptance: { argv } }) => ({ argv, task: id, field: 'acceptance' })),
    ...verification.map(({ argv }) => ({ argv, task: null, field: 'verification' })),
  ].flatMap(({ argv, ...field }): Problem[] => {
    const why = whyNoScript(argv, scripts, () => tasksBefore(tasks, field.task))
    return why === null ? [] : [{ code: 'no-such-script', ...field, message: why }]
  })

/** A gate only waits for a person; commands and paths in it would mislead the approver, so they are removed. */
function emptyGates(tasks: readonly Task[]): { tasks: Task[]; notes: string[] } {
  const notes: string[] = []
  const emptied = tasks.map((task): Task => {
    const { id, kind, run, writes, acceptance, commands } = task
    const given = run.length + writes.length + acceptance.argv.length + commands.length
    if (kind !== 'gate' || given === 0) return task
    notes.push(
      `${quoted(id)} is a gate: it runs nothing, so its \`run\`, \`writes\`, \`acceptance\` and \`commands\` are left out`,
    )
    return { ...task, run: [], writes: [], acceptance: { argv: [], expect: '' }, commands: [] }
  })
  return { tasks: emptied, notes }
}

const SHOWN = 12

/** Problems of ids, needs and cycles. */
const graphProblems = (plan: Plan): Problem[] => [...idProblems(plan), ...needProblems(plan), ...cycleProblem(plan)]

function idProblems({ tasks }: Plan): Problem[] {
  const first = new Map<string, number>()
  return tasks.flatMap(({ id }, index): Problem[] => {
    const earlier = first.get(id)
    if (earlier === undefined) first.set(id, index)
    const about = { task: id, field: 'id' }
    if (earlier !== undefined) {
      const message = `Tasks ${earlier + 1} and ${index + 1} are both named ${quoted(id)}. Give each an id of its own.`
      return [{ code: 'duplicate-id', ...about, message }]
    }
    if (!RESERVED_TASK_IDS.includes(id)) return []
    const message = `The id ${quoted(id)} is reserved. Choose another; these are taken: ${listed(RESERVED_TASK_IDS)}.`
    return [{ code: 'reserved-id', ...about, message }]
  })
}

function needProblems({ tasks }: Plan): Problem[] {
  const ids = [...new Set(tasks.map(({ id }) => id))]
  const known = new Set(ids)
  return tasks.flatMap(({ id, needs }) =>
    [...new Set(needs)]
      .filter((need) => !known.has(need))
      .map((need): Problem => {
        const close = nearest(need, ids)
        const some = `${listed(ids.slice(0, SHOWN))}${ids.length > SHOWN ? ' and others' : ''}`
        const hint = close === null ? `The tasks are ${some}.` : `Did you mean ${quoted(close)}?`
        return { code: 'unknown-need', task: id, field: 'needs', message: `There is no task ${quoted(need)}. ${hint}` }
      }),
  )
}

function cycleProblem({ tasks }: Plan): Problem[] {
  const cycle = findCycle(tasks)
  if (cycle === null) return []
  const shown = cycle.length > SHOWN ? [...cycle.slice(0, SHOWN - 1), '…', ...cycle.slice(-1)] : cycle
  const path = shown.map(quoted).join(' → ')
  const message = `${path}: each waits for the one before it, so none could start. Remove one of these needs.`
  return [{ code: 'cycle', task: cycle[0] ?? null, field: 'needs', message }]
}
