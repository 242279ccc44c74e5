import type { TaskId } from '../ids.ts'
import { ownOf } from '../own.ts'
import { globWithin, writesOverlap } from '../plan/glob.ts'
import { dependantsOf, topologicalOrder } from '../plan/graph.ts'
import type { Argv, Plan, Task } from '../plan/plan.ts'
import { canonical } from '../text/digest.ts'
import { quoted } from '../text/quoted.ts'
import { isApproved, statusOf, type TaskRecord, type Work } from './state.ts'

/**
 * The plan with the tasks that a `plan` task became. They wait for it, and so for what it waited for, and whatever waits
 * for it waits for the last of them too. Tasks that do not wait for it stay as they are, to the letter.
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
  return { ...plan, tasks: placed(grown, added, at + 1) }
}

/**
 * The plan with other tasks for a failed one and for those of `removed`, which waited for it; some of them may be among
 * `tasks` again. A task that stays and waited for one that is gone waits for the last of those that came.
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
    .map((task) => (task.needs.some((need) => gone.has(need)) ? { ...task, needs: instead(task, gone, last) } : task))
  const before = plan.tasks.slice(0, at).filter(({ id }) => !out.has(id)).length
  return { ...plan, tasks: placed(kept, added, before) }
}

const instead = ({ needs }: Task, gone: ReadonlySet<TaskId>, last: readonly TaskId[]): TaskId[] => [
  ...new Set([...needs.filter((need) => !gone.has(need)), ...last]),
]

/** New tasks that wait for none of their own start no sooner than the task that they stand for would have. */
function startingAfter(tasks: readonly Task[], needs: readonly TaskId[]): Task[] {
  const own = new Set(tasks.map(({ id }) => id))
  return tasks.map((task) =>
    task.needs.some((need) => own.has(need)) ? task : { ...task, needs: [...new Set([...task.needs, ...needs])] },
  )
}

/** The tasks that no other of them waits for. */
function sinks(tasks: readonly Task[]): TaskId[] {
  const needed = new Set(tasks.flatMap(({ needs }) => needs))
  return tasks.map(({ id }) => id).filter((id) => !needed.has(id))
}

function placed(kept: readonly Task[], added: readonly Task[], at: number): Task[] {
  const together = [...kept.slice(0, at), ...added, ...kept.slice(at)]
  return topologicalOrder(afterOverlapping(together, new Set(added.map(({ id }) => id))).tasks)
}

/**
 * Where a new task could write a path of a task that is there already, and neither waits for the other, the new one waits:
 * what is there may be at work. The notes tell of it.
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
 * Where new tasks could do what the approved part does not say: a path outside its globs, a command that is none of its own.
 * A task that is in the plan already, and would only wait for others, asks for nothing new.
 */
export function goesBeyond(work: Rights, all: readonly Task[]): string[] {
  const known = new Map(work.plan.tasks.map((task) => [task.id, wordsOf(task)]))
  const tasks = all.filter((task) => known.get(task.id) !== wordsOf(task))
  const approved = approvedPart(work)
  const globs = approved.tasks.flatMap(({ writes }) => writes)
  const commands = new Set(commandsOf(approved).map((argv) => JSON.stringify(argv)))
  return tasks.flatMap(({ id, writes, acceptance, run }) => [
    ...writes
      .filter((glob) => !globWithin(glob, globs))
      .map((glob) => `${quoted(id)} may write ${quoted(glob)}, which the approved plan does not`),
    ...[acceptance.argv, run]
      .filter((argv) => argv.length > 0 && !commands.has(JSON.stringify(argv)))
      .map((argv) => `${quoted(id)} runs ${quoted(argv.join(' '))}, which the approved plan does not`),
  ])
}

type Rights = Pick<Work, 'plan' | 'approved' | 'tasks'>

const wordsOf = (task: Task): string => canonical({ ...task, needs: [] })

/**
 * What waits for an approval, of the plan or at a gate, lends nobody its rights. Before the first approval nothing passes on
 * its origin's, and the whole plan is what people know.
 */
function approvedPart(work: Rights): Pick<Plan, 'tasks' | 'verification'> {
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
 * Those of a failed task's dependants that every new plan of it keeps: gates and checks, which somebody put there to be asked
 * at, and what stands behind a gate, or its work would be done in front of it.
 */
export function alwaysKept(dependants: readonly Task[]): Task[] {
  const behind = behindGates(dependants)
  return dependants.filter(({ id, kind }) => kind === 'gate' || kind === 'verify' || behind.has(id))
}

const commandsOf = ({ tasks, verification }: Pick<Plan, 'tasks' | 'verification'>): Argv[] => [
  ...tasks.flatMap(({ acceptance, run }) => [acceptance.argv, run]),
  ...verification.map(({ argv }) => argv),
]

/** What a new plan of a failed task may replace, in plan order: the task, and whatever waits for it and has not begun. */
export function replaceable(work: Work, failed: TaskId): TaskId[] {
  const waiting = dependantsOf(work.plan.tasks, [failed])
  return work.plan.tasks
    .map(({ id }) => id)
    .filter((id) => id === failed || (waiting.has(id) && statusOf(work, id) === 'pending'))
}
