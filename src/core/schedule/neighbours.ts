import type { TaskId } from '../ids.ts'
import { globsOverlap, writesOverlap } from '../plan/glob.ts'
import type { Task } from '../plan/plan.ts'
import { recordOf, statusOf } from '../run/lookup.ts'
import type { TaskStatus } from '../run/task-record.ts'
import type { Work } from '../run/work.ts'
import { ancestors, finishedTask } from './finished-task.ts'

/** A task whose work is not in the files of another and whose paths touch the other's, or that waits for it. */
export interface Neighbour {
  id: TaskId
  title: string
  stage: 'at work' | 'landed' | 'to come'
  /** It needs the other task directly. */
  waits: boolean
  /** What it promises; once it has landed, what it handed off. */
  interface: string
}

export interface Neighbours {
  tasks: readonly Neighbour[]
  more: number
}

const MOST = 8
const LONGEST_INTERFACE = 600
const STAGES: readonly Neighbour['stage'][] = ['at work', 'landed', 'to come']

/** The neighbours of a task, those at work first, then those that have landed; of more than eight, the number of the others. */
export function neighboursOf(work: Work, task: Task): Neighbours {
  const inBase = ancestors(work, [task.id])
  const found = work.plan.tasks
    .filter((other) => other.id !== task.id && !inBase.has(other.id) && isBeside(other, task))
    .flatMap((other) => neighbourOf(work, task, other) ?? [])
    .filter((one) => one.interface !== '' || one.waits)
    .toSorted((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage))
  return { tasks: found.slice(0, MOST), more: Math.max(0, found.length - MOST) }
}

/** Null: nothing will come of it, or the base may hold it already, since it is merged from more than the needs. */
function neighbourOf(work: Work, task: Task, { id, title, needs, interface: promised }: Task): Neighbour | null {
  const stage = STAGE_OF[statusOf(work, id)]
  if (stage === undefined || (stage === 'landed' && recordOf(work, task.id).onto.length > 0)) return null
  const kept = stage === 'landed' ? (finishedTask(work, id)?.handOff?.interfaces.join('\n') ?? '') : ''
  const told = kept === '' ? promised : kept
  return { id, title, stage, waits: needs.includes(task.id), interface: told.slice(0, LONGEST_INTERFACE) }
}

const STAGE_OF: Partial<Record<TaskStatus, Neighbour['stage']>> = {
  pending: 'to come',
  queued: 'to come',
  waiting: 'to come',
  in_progress: 'at work',
  verified: 'at work',
  landed: 'landed',
}

const isBeside = (other: Task, task: Task): boolean =>
  other.kind !== 'gate' &&
  (other.needs.includes(task.id) ||
    writesOverlap(other, task) ||
    overlap(other.writes, task.reads) ||
    overlap(other.reads, task.writes))

const overlap = (globs: readonly string[], others: readonly string[]): boolean =>
  globs.some((one) => others.some((other) => globsOverlap(one, other)))
