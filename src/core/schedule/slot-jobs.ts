import type { NewEvent } from '../run/event.ts'
import { type ActiveRun, type LiveRun, recordOf, type TaskState, type Work } from '../run/state.ts'
import { tasksWithStatus } from '../run/task-status.ts'
import { slotsAtWork } from './ready.ts'
import { LOST_SLOTS } from './retry-ladder.ts'
import { slotNames } from './slot-requests.ts'

/** The newest state of each slot's job, by the slot's name. A slot that no job list has shown yet is absent. */
export type SlotJobs = ReadonlyMap<
  string,
  {
    status: 'queued' | 'in_progress' | 'completed'
    /** The slot left by itself, so it lost nothing. */
    leftInOrder: boolean
  }
>

/** Seconds until a slot that no job list has shown counts as lost: its workflow run is gone. */
const NEVER_CAME_SECONDS = 180

/** The workflow run that a slot is a job of; null if it is not known yet. */
export const workflowRunOf = ({ slots }: LiveRun, slot: string): number | null =>
  slots[slot.split('.')[0] ?? '']?.workflowRun ?? null

const hasEnded = (jobs: SlotJobs, slot: string): boolean => jobs.get(slot)?.status === 'completed'

/** Slots whose job runs and that have nothing to do. Those that have worked before come first: their set-up has succeeded. */
export function freeSlots({ work }: ActiveRun, jobs: SlotJobs): string[] {
  const busy = new Set(slotsAtWork(work))
  const free = [...jobs].flatMap(([slot, { status }]) => (status === 'in_progress' && !busy.has(slot) ? [slot] : []))
  if (free.length < 2) return free
  const proven = new Set(Object.values(work.tasks).flatMap(({ attempts }) => attempts.map(({ slot }) => slot)))
  return free.toSorted((a, b) => Number(proven.has(b)) - Number(proven.has(a)) || bySlot(a, b))
}

const bySlot = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true })

/** The number of slots that are alive or on their way. */
export function slotSupply({ slots }: LiveRun, jobs: SlotJobs, now: Date): number {
  let count = 0
  for (const [request, it] of Object.entries(slots)) {
    if (it.gone) continue
    const isLate = (now.getTime() - Date.parse(it.at)) / 1000 > NEVER_CAME_SECONDS
    for (const slot of slotNames(request, it.count)) if (jobs.has(slot) ? !hasEnded(jobs, slot) : !isLate) count += 1
  }
  return count
}

/** Requests all of whose jobs have ended: their job lists need no further look. */
export const endedRequests = ({ slots }: LiveRun, jobs: SlotJobs): NewEvent[] =>
  Object.entries(slots).flatMap(([request, { gone, workflowRun, count }]) =>
    !gone && workflowRun !== null && slotNames(request, count).every((slot) => hasEnded(jobs, slot))
      ? [{ type: 'slots_gone', request }]
      : [],
  )

/**
 * What becomes of work whose slot ended without a result. A task and the verification go back to the queue; a task that has
 * lost its slot too often fails for good.
 */
export function lostWork(work: Work, jobs: SlotJobs): NewEvent[] {
  const tasks = tasksWithStatus(work, 'in_progress').flatMap(({ id }) => {
    const { state, lost } = recordOf(work, id)
    return state.status === 'in_progress' && hasEnded(jobs, state.slot) ? [lostTask(id, state, lost, jobs)] : []
  })
  const { verification } = work
  if (verification?.status !== 'in_progress' || !hasEnded(jobs, verification.slot)) return tasks
  const { on, attempt, slot } = verification
  return [...tasks, { type: 'verification_returned', on, attempt, slot }]
}

function lostTask(
  task: string,
  { attempt, slot }: Extract<TaskState, { status: 'in_progress' }>,
  lostBefore: number,
  jobs: SlotJobs,
): NewEvent {
  if (lostBefore + 1 >= LOST_SLOTS) {
    const failure = { reason: 'slot-lost', times: LOST_SLOTS } as const
    return { type: 'task_failed', task, attempt, head: null, failure, final: true }
  }
  // A slot that left by itself before it saw the task has spent nothing on it.
  const unbegun = jobs.get(slot)?.leftInOrder === true ? ({ unbegun: true } as const) : {}
  return { type: 'task_returned', task, attempt, slot, ...unbegun }
}
