import type { Sha, TaskId } from '../ids.ts'
import { mayStart } from '../landing/gate.ts'
import type { Task } from '../plan/plan.ts'
import type { NewEvent } from '../run/event.ts'
import { headsOf, isSettled, needsInOrder, recordOf } from '../run/lookup.ts'
import { blockers, tasksWithStatus } from '../run/task-status.ts'
import type { Work } from '../run/work.ts'
import { conflicted } from './conflict.ts'

/** A head that a task's base is merged from, and the need that it stands for. */
export interface BaseSource {
  need: TaskId
  head: Sha
}

/**
 * What a task's base is merged from, up to the first need that has not landed. In the order of trunk: of two needs in
 * conflict the same one is sent back, whichever is merged first.
 */
export function baseSources(work: Work, id: TaskId): BaseSource[] {
  const own = recordOf(work, id).onto.map((head) => ({ need: id, head }))
  const needs = needsInOrder(work, id)
  const open = needs.findIndex((need) => !isSettled(work, need))
  const settled = open === -1 ? needs : needs.slice(0, open)
  return [...own, ...settled.flatMap((need) => headsOf(work, need).map((head) => ({ need, head })))]
}

/** With fewer needs than that, no two of them can be merged before the last one lands. */
const NEEDS_TO_PREPARE = 3

/** Tasks whose base is worth beginning while needs are at work: it has a first part already. */
export function worthPreparing(work: Work): Task[] {
  const blocked = blockers(work)
  return tasksWithStatus(work, 'pending').filter(
    ({ id, needs, kind }) =>
      needs.length >= NEEDS_TO_PREPARE &&
      kind !== 'plan' &&
      hasFirstPart(work, id) &&
      !blocked.has(id) &&
      mayStart(work, id),
  )
}

function hasFirstPart(work: Work, id: TaskId): boolean {
  const [first] = needsInOrder(work, id)
  return recordOf(work, id).onto.length > 0 || (first !== undefined && isSettled(work, first))
}

/** `later` could not be merged into the base of `id`, which holds `merged` already. */
export interface NeedsConflict {
  id: TaskId
  later: TaskId
  merged: readonly BaseSource[]
  paths: string[]
}

/** The later of two needs in conflict runs again on top of the earlier ones. Null: another conflict has sent one of them back. */
export function needsConflicted(work: Work, { id, later, merged, paths }: NeedsConflict): NewEvent | null {
  const needs = merged.map(({ need }) => need)
  const ofOthers = [later, ...needs].filter((need) => need !== id)
  if (!ofOthers.every((need) => isSettled(work, need))) return null
  const others = needs.filter((need) => need !== id && need !== later)
  const onto = merged.map(({ head }) => head)
  return conflicted(work, { task: later, others: others.length > 0 ? others : [id], paths, onto })
}
