import { isApproved, statusOf } from './lookup.ts'
import type { LiveRun } from './state.ts'
import type { TaskStatus } from './task-record.ts'

/** Tasks that an approval would not move. */
const GIVEN_UP: readonly TaskStatus[] = ['skipped', 'cancelled', 'expanded']

/**
 * How much of the plan waits for an approval: all of it, or the rest, since people approved a part or the plan has grown. Null:
 * nothing does, or the plan is still being written.
 */
export function unapprovedPart(run: LiveRun): 'all' | 'rest' | null {
  if (run.phase !== 'proposed' && run.phase !== 'active') return null
  const { work, planning } = run
  if (work.open || planning?.settled === false) return null
  const left = work.plan.tasks.some(({ id }) => !isApproved(work, id) && !GIVEN_UP.includes(statusOf(work, id)))
  if (!left) return null
  return work.approved?.length === 0 ? 'all' : 'rest'
}
