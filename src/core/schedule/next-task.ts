import { mayStart } from '../landing/gate.ts'
import { isAgentTask, type Task } from '../plan/plan.ts'
import { byRemainingPath } from '../prediction/prediction.ts'
import { isSettled, recordOf } from '../run/lookup.ts'
import type { ActiveRun } from '../run/state.ts'
import { tasksWithStatus } from '../run/task-status.ts'
import type { Work } from '../run/work.ts'
import type { Settings } from '../settings.ts'
import { startable } from './ready.ts'

/*
 * What a slot may begin when it has handed over its work, before the orchestrator has seen that. No event says it: the slot foresees,
 * by the scheduler's own rule and from the same journal, what it will be given. The journal stays the only truth:
 * - A slot hands over only what the journal has assigned to it. So no result counts twice, even if another slot had begun the same.
 * - If the journal says otherwise (another slot was free first, or handed over at the same time; a pause; another base), the slot
 *   reads that within seconds, stops, and drops what it has done. What it lost is time in which it had nothing else to do.
 * - No agent begins so: the money for it is reserved when its start is recorded. And no program that can reach anything outside of its
 *   sandbox, where it would be noticed that it began twice.
 */

/** The task that the slot takes next, if its own work lands and nothing else changes; null: it waits for the journal. */
export function nextTask({ work, paused }: ActiveRun, slot: string): Task | null {
  if (paused !== null || work.verification?.status === 'queued' || reachesOut(work.settings)) return null
  const own = tasksWithStatus(work, 'in_progress').find(({ id }) => {
    const { state } = recordOf(work, id)
    return state.status === 'in_progress' && state.slot === slot
  })
  const [next] = own === undefined ? [] : startable(work, 1, own.id)
  if (own === undefined || next === undefined || isAgentTask(next)) return null
  const order = byRemainingPath(work.plan)
  return released(work, own).some(({ id }) => order(id, next.id) < 0) ? null : next
}

const reachesOut = ({ sandbox, network }: Settings): boolean => sandbox === 'off' || network.allow.length > 0

/** What can be queued when the task lands. */
const released = (work: Work, own: Task): Task[] =>
  tasksWithStatus(work, 'pending').filter(
    ({ id, kind, needs }) =>
      needs.includes(own.id) &&
      kind !== 'plan' &&
      kind !== 'gate' &&
      mayStart(work, id) &&
      needs.every((need) => need === own.id || isSettled(work, need)),
  )
