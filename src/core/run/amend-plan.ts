import type { TaskId } from '../ids.ts'
import { ownOf } from '../own.ts'
import { globWithin, writesOverlap } from '../plan/glob.ts'
import { dependantsOf, topologicalOrder } from '../plan/graph.ts'
import type { Argv, Plan, Task } from '../plan/plan.ts'
import { canonical } from '../text/digest.ts'
import { quoted } from '../text/quoted.ts'
import { isApproved, statusOf } from './lookup.ts'
import type { TaskRecord } from './task-record.ts'
import type { Work } from './work.ts'

/**
 * The plan with the tasks into which a `plan` task was expanded. They need it, and its dependants also need the last of
 * them. Other tasks do not change.
 */
export function withExpansion(plan: Plan, of: TaskId, tasks: readonly Task[]): Plan {
  const at = plan.tasks.findIndex(({ id }) => id === of)
  const origin = plan.tasks[at]
  if (origin === undefined) throw new Error(`no task ${of} to expand`)
  const added = startingAfter(tasks, [of])
  const last = sinks(added)
  const grown = plan.tasks.map((task) =>
    task.needs.includes(of) ? { ...task, needs: [...new Set([...task.needs, ...last])] } : task,
  )
  return { ...plan, tasks: inserted(grown, added, at + 1) }
}

/**
 * The plan with `tasks` in place of a failed task and of its dependants in `removed`; `tasks` may contain some of them
 * again. A remaining task that needed a removed one needs the last of the new ones.
 */
export function withReplacement(plan: Plan, failed: TaskId, removed: readonly TaskId[], tasks: readonly Task[]): Plan {
  const at = plan.tasks.findIndex(({ id }) => id === failed)
  const origin = plan.tasks[at]
  if (origin === undefined) throw new Error(`no task ${failed} to replace`)
  const out = new Set([failed, ...removed])
  const needs = origin.needs.filter((need) => !out.has(need))
  const added = startingAfter(tasks, needs)
  const gone = new Set([...out].filter((id) => !added.some((task) => task.id === id)))
  const last = sinks(added)
  const kept = plan.tasks
    .filter(({ id }) => !out.has(id))
    .map((task) =>
      task.needs.some((need) => gone.has(need)) ? { ...task, needs: replacedNeeds(task, gone, last) } : task,
    )
  const before = plan.tasks.slice(0, at).filter(({ id }) => !out.has(id)).length
  return { ...plan, tasks: inserted(kept, added, before) }
}

const replacedNeeds = ({ needs }: Task, gone: ReadonlySet<TaskId>, last: readonly TaskId[]): TaskId[] => [
  ...new Set([...needs.filter((need) => !gone.has(need)), ...last]),
]

/** Adds `needs` to the new tasks that need no other new one, so that they do not start before the original could have. */
function startingAfter(tasks: readonly Task[], needs: readonly TaskId[]): Task[] {
  const own = new Set(tasks.map(({ id }) => id))
  return tasks.map((task) =>
    task.needs.some((need) => own.has(need)) ? task : { ...task, needs: [...new Set([...task.needs, ...needs])] },
  )
}

/** The tasks that no other of them needs. */
function sinks(tasks: readonly Task[]): TaskId[] {
  const needed = new Set(tasks.flatMap(({ needs }) => needs))
  return tasks.map(({ id }) => id).filter((id) => !needed.has(id))
}

function inserted(kept: readonly Task[], added: readonly Task[], at: number): Task[] {
  const together = [...kept.slice(0, at), ...added, ...kept.slice(at)]
  return topologicalOrder(afterOverlapping(together, new Set(added.map(({ id }) => id))).tasks)
}

/**
 * If a new task could write the same path as an existing one, and neither needs the other, the new one gets a need, since
 * the existing one may be in progress. The notes say so.
 */
export function afterOverlapping(
  tasks: readonly Task[],
  added: ReadonlySet<TaskId>,
): { tasks: Task[]; notes: string[] } {
  const notes: string[] = []
  let all = [...tasks]
  for (const { id } of all.filter((task) => added.has(task.id)))
    for (const other of all.filter((task) => !added.has(task.id) && task.kind !== 'plan')) {
      const task = all.find((one) => one.id === id)
      if (task === undefined || !writesOverlap(task, other) || ordered(all, id, other.id)) continue
      all = all.map((one) => (one.id === id ? { ...one, needs: [...one.needs, other.id] } : one))
      notes.push(`${quoted(id)} waits for ${quoted(other.id)}, which can write the same path`)
    }
  return { tasks: all, notes }
}

const ordered = (tasks: readonly Task[], a: TaskId, b: TaskId): boolean =>
  dependantsOf(tasks, [a]).has(b) || dependantsOf(tasks, [b]).has(a)

/**
 * What new tasks could do beyond the approved part, as sentences: paths outside of its globs, and other commands. A task
 * that is in the plan already, with other needs only, adds nothing.
 */
export function goesBeyond(work: ApprovedWork, all: readonly Task[]): string[] {
  const known = new Map(work.plan.tasks.map((task) => [task.id, wordsOf(task)]))
  const tasks = all.filter((task) => known.get(task.id) !== wordsOf(task))
  const approved = approvedPart(work)
  const globs = approved.tasks.flatMap(({ writes }) => writes)
  const commands = new Set(commandsOf(approved).map((argv) => JSON.stringify(argv)))
  return tasks.flatMap(({ id, writes, ...task }) => [
    ...writes
      .filter((glob) => !globWithin(glob, globs))
      .map((glob) => `${quoted(id)} may write ${quoted(glob)}, which the approved plan does not`),
    ...commandsOfTask(task)
      .filter((argv) => argv.length > 0 && !commands.has(JSON.stringify(argv)))
      .map((argv) => `${quoted(id)} runs ${quoted(argv.join(' '))}, which the approved plan does not`),
  ])
}

type ApprovedWork = Pick<Work, 'plan' | 'approved' | 'tasks'>

const wordsOf = (task: Task): string => canonical({ ...task, needs: [] })

/**
 * The part of the plan that grants rights to new tasks: not what still waits for an approval, of the plan or at a gate.
 * Before the first approval it is the whole plan without closed gates, since new tasks must be approved with it anyway.
 */
function approvedPart(work: ApprovedWork): Pick<Plan, 'tasks' | 'verification'> {
  const { plan, approved } = work
  const shut = behindGates(plan.tasks, ({ id }) => !isOpen(ownOf(work.tasks, id)))
  const tasks = plan.tasks.filter(({ id }) => !shut.has(id))
  return { ...plan, tasks: approved?.length === 0 ? tasks : tasks.filter(({ id }) => isApproved({ approved }, id)) }
}

const isOpen = (gate: TaskRecord | undefined): boolean =>
  gate !== undefined && ['landed', 'skipped'].includes(gate.state.status)

const behindGates = (tasks: readonly Task[], isShut: (gate: Task) => boolean = () => true): ReadonlySet<TaskId> =>
  dependantsOf(
    tasks,
    tasks.filter((task) => task.kind === 'gate' && isShut(task)).map(({ id }) => id),
  )

/**
 * The dependants of a failed task that every replacement keeps: gates, checks, and tasks behind a gate, whose work would
 * otherwise be done before it.
 */
export function alwaysKept(dependants: readonly Task[]): Task[] {
  const behind = behindGates(dependants)
  return dependants.filter(({ id, kind }) => kind === 'gate' || kind === 'verify' || behind.has(id))
}

const commandsOfTask = ({ acceptance, run, commands }: Pick<Task, 'acceptance' | 'run' | 'commands'>): Argv[] => [
  acceptance.argv,
  run,
  ...commands,
]

const commandsOf = ({ tasks, verification }: Pick<Plan, 'tasks' | 'verification'>): Argv[] => [
  ...tasks.flatMap(commandsOfTask),
  ...verification.map(({ argv }) => argv),
]

/** The tasks that a re-plan of a failed task may replace, in plan order: itself and its pending dependants. */
export function replaceable(work: Work, failed: TaskId): TaskId[] {
  const waiting = dependantsOf(work.plan.tasks, [failed])
  return work.plan.tasks
    .map(({ id }) => id)
    .filter((id) => id === failed || (waiting.has(id) && statusOf(work, id) === 'pending'))
}
