import type { TaskId } from '../ids.ts'
import { globsOverlap, writesOverlap } from '../plan/glob.ts'
import type { Task } from '../plan/plan.ts'
import { statusOf } from '../run/lookup.ts'
import type { Work } from '../run/work.ts'

/** A task that has not landed and whose paths touch those of another, or that waits for it. */
export interface Neighbour {
  id: TaskId
  title: string
  isAtWork: boolean
  /** It needs the other task directly. */
  waits: boolean
  interface: string
}

export interface Neighbours {
  tasks: readonly Neighbour[]
  more: number
}

const MOST = 8
const LONGEST_INTERFACE = 600
const AT_WORK: readonly string[] = ['in_progress', 'verified']
const TO_COME: readonly string[] = ['pending', 'queued', 'waiting', ...AT_WORK]

/** The neighbours of a task, those at work first; of more than eight, the number of the others. */
export function neighboursOf(work: Work, task: Task): Neighbours {
  const found = work.plan.tasks
    .filter((other) => other.id !== task.id && isBeside(other, task) && TO_COME.includes(statusOf(work, other.id)))
    .map((other) => neighbourOf(work, task, other))
    .filter((one) => one.interface !== '' || one.waits)
    .toSorted((a, b) => Number(b.isAtWork) - Number(a.isAtWork))
  return { tasks: found.slice(0, MOST), more: Math.max(0, found.length - MOST) }
}

const neighbourOf = (work: Work, task: Task, { id, title, needs, interface: promised }: Task): Neighbour => ({
  id,
  title,
  isAtWork: AT_WORK.includes(statusOf(work, id)),
  waits: needs.includes(task.id),
  interface: promised.slice(0, LONGEST_INTERFACE),
})

const isBeside = (other: Task, task: Task): boolean =>
  other.kind !== 'gate' &&
  !task.needs.includes(other.id) &&
  (other.needs.includes(task.id) ||
    writesOverlap(other, task) ||
    overlap(other.writes, task.reads) ||
    overlap(other.reads, task.writes))

const overlap = (globs: readonly string[], others: readonly string[]): boolean =>
  globs.some((one) => others.some((other) => globsOverlap(one, other)))
