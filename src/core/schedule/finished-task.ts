import type { TaskId } from '../ids.ts'
import type { Task } from '../plan/plan.ts'
import { type HandOff, inOneLine } from '../run/hand-off.ts'
import { recordOf, taskOf } from '../run/lookup.ts'
import type { Work } from '../run/work.ts'
import { brokenPromises } from './kept-promise.ts'

/** A landed task, for its dependants. `handOff` is null if a program did the work. */
export interface FinishedTask {
  id: TaskId
  title: string
  summary: string
  interface: string
  handOff: HandOff | null
  /** How what it handed off differs from its promise. */
  differences: readonly string[]
}

/** One line for each finished task that is no direct need, and the number of those left out. */
export interface OtherTasks {
  tasks: readonly { id: TaskId; line: string }[]
  more: number
}

const MOST_LINES = 16

/** The tasks whose work is in the base because of the task's needs. A need without its own work stands for its needs. */
export function restsOn(work: Work, task: Task): TaskId[] {
  const own = (id: TaskId): TaskId[] => {
    const hasWork = recordOf(work, id).state.status === 'landed' && taskOf(work, id).kind !== 'gate'
    return hasWork ? [id] : taskOf(work, id).needs.flatMap(own)
  }
  return [...new Set(task.needs.flatMap(own))]
}

export function finishedTask(work: Work, id: TaskId): FinishedTask | null {
  const { state } = recordOf(work, id)
  if (state.status !== 'landed') return null
  const { title, interface: promised } = taskOf(work, id)
  const { summary = '', handOff = null } = state.report ?? {}
  return { id, title, summary, interface: promised, handOff, differences: brokenPromises(work, id, handOff) }
}

/** `described`: the task itself, then the needs described in full. Ancestors of these come first, since the base has their work. */
export function otherTasksOf(work: Work, described: readonly TaskId[]): OtherTasks {
  const [own = '', ...needs] = described
  const before = ancestors(work, needs)
  const all = work.plan.tasks.map(({ id }) => id).filter((id) => id !== own && !described.includes(id))
  const ordered = [...all.filter((id) => before.has(id)), ...all.filter((id) => !before.has(id))]
  const lines = ordered.flatMap((id) => {
    const finished = taskOf(work, id).kind === 'gate' ? null : finishedTask(work, id)
    return finished === null ? [] : [{ id, line: lineOf(finished) }]
  })
  return { tasks: lines.slice(0, MOST_LINES), more: Math.max(0, lines.length - MOST_LINES) }
}

const lineOf = ({ title, summary, handOff }: FinishedTask): string =>
  `${title}: ${handOff === null ? summary : inOneLine(handOff)}`.slice(0, 280)

/** All tasks that these need, directly or not. */
export function ancestors(work: Work, of: readonly TaskId[]): Set<TaskId> {
  const found = new Set<TaskId>()
  const open = of.flatMap((id) => taskOf(work, id).needs)
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue
    found.add(id)
    open.push(...taskOf(work, id).needs)
  }
  return found
}
