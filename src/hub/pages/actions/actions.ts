import type { TaskId } from '../../../core/ids.ts'
import { shortPlanId } from '../../../core/plan/plan-id.ts'
import type { ActiveRun, LiveRun } from '../../../core/run/state.ts'
import { planWaitsForMoney } from '../../../core/schedule/planning-stages.ts'
import { isPlanned } from '../../../render/plan/planned-run.ts'
import { planningStage } from '../../../render/plan/planning-progress.ts'
import { type DisplayStatus, displayStatuses } from '../../../render/status/display-status.ts'
import { phaseOf } from '../../../render/status/run-phase.ts'

/** A button that posts a command as a comment. */
export interface Action {
  label: string
  command: string
  /** Whether words follow behind ` -- `, and what to ask for. */
  words?: { ask: string; required: boolean }
}

/** What the run waits for. `urgent`: nothing, or a part of it, goes on before a person acts. */
export interface Actions {
  urgent: readonly Action[]
  /** What a person may also do. */
  other: readonly Action[]
}

const REVISE: Action = {
  label: 'Ask for another version',
  command: '/revise',
  words: { ask: 'What to change', required: true },
}
const REJECT: Action = { label: 'Reject the plan', command: '/reject', words: { ask: 'Why', required: false } }
const CANCEL: Action = { label: 'Cancel the run', command: '/cancel', words: { ask: 'Why', required: false } }
const RESUME: Action = { label: 'Resume', command: '/resume' }

/** The commands that fit the run as it stands. A plan to approve and questions have forms of their own. */
export function runActions(run: LiveRun): Actions {
  switch (run.phase) {
    case 'requested':
    case 'proposed':
      return { urgent: [], other: [...(run.planning === null ? [] : [REVISE]), REJECT] }
    case 'active':
      return active(run)
    case 'ended':
      return {
        urgent: [],
        other: [{ label: 'Plan again', command: '/plan', words: { ask: 'Words for the planner', required: false } }],
      }
  }
}

function active(run: ActiveRun): Actions {
  const tasks = [...displayStatuses(run.work)].flatMap(([id, status]) => urgentFor(run, id, status))
  const phase = phaseOf(run)
  const stopped = run.paused !== null || phase.kind === 'base-moved'
  const verification: Action[] =
    run.work.verification?.status === 'failed' ? [{ label: 'Verify again', command: '/retry verification' }] : []
  return {
    urgent: [...(stopped ? [RESUME] : []), ...verification, ...tasks],
    other: [...(stopped ? [] : [{ label: 'Pause', command: '/pause' }]), CANCEL],
  }
}

const retry = (id: TaskId, label: string): Action => ({
  label,
  command: `/retry ${id}`,
  words: { ask: 'What to do differently', required: false },
})
const skip = (id: TaskId): Action => ({ label: `Skip ${id}`, command: `/skip ${id}` })

function urgentFor(run: ActiveRun, id: TaskId, status: DisplayStatus): Action[] {
  switch (status) {
    case 'waits for a person': {
      const isGate = run.work.plan.tasks.some((task) => task.id === id && task.kind === 'gate')
      return [
        { label: isGate ? `Open the gate ${id}` : `Land ${id}`, command: `/approve ${id}` },
        ...(isGate ? [] : [retry(id, `Send ${id} back`)]),
      ]
    }
    case 'failed':
    case 'cancelled':
      return [retry(id, `Retry ${id}`), skip(id)]
    default:
      return []
  }
}

/** The commands for one task: those that the run waits for, and steering. */
export function taskActions(run: LiveRun, id: TaskId): Actions {
  if (run.phase !== 'active') return { urgent: [], other: [] }
  const status = displayStatuses(run.work).get(id)
  const urgent = status === undefined ? [] : urgentFor(run, id, status)
  const steer: Action[] =
    status === 'at work'
      ? [{ label: `Tell ${id}`, command: `/steer ${id}`, words: { ask: 'Words for its worker', required: true } }]
      : []
  const again = urgent.length === 0 && status === 'landed' ? [retry(id, `Work on ${id} again`)] : []
  const cancel: Action[] =
    status === 'at work' || status === 'queued' ? [{ label: `Cancel ${id}`, command: `/cancel ${id}` }] : []
  return { urgent, other: [...steer, ...again, ...cancel] }
}

/** The id that an approval of the shown plan has to name; null if no plan waits for one. */
export function planToApprove(run: LiveRun): string | null {
  if (!isPlanned(run) || run.phase === 'ended' || planningStage(run) !== 'done') return null
  if (run.work.baseSeen.stale || run.work.open) return null
  const waits = run.phase === 'proposed' || (run.work.mode !== 'off' && run.work.approved !== null)
  const missing = [...displayStatuses(run.work).values()].some(
    (status) => status === 'not approved' || status === 'waits for approval',
  )
  return waits && (run.phase === 'proposed' || missing) ? shortPlanId(run.work.planId) : null
}

/** Whether the planner has spent its money, and a larger limit lets it go on. */
export const needsMoney = (run: LiveRun): boolean =>
  run.phase === 'active'
    ? phaseOf(run).kind === 'out-of-money' || planWaitsForMoney(run)
    : run.phase !== 'ended' && planWaitsForMoney(run)
