import type { TaskId } from '../../../core/ids.ts'
import type { LiveRun } from '../../../core/run/state.ts'
import { displayStatuses } from '../../../render/status/display-status.ts'
import { type Need, needsOf } from '../../../render/status/needs.ts'

/** A button that posts a command as a comment. */
export interface Action {
  label: string
  command: string
  /** Whether words follow behind ` -- `, and what to ask for. */
  words?: { ask: string; required: boolean }
}

const REVISE: Action = {
  label: 'Ask for another version',
  command: '/revise',
  words: { ask: 'What to change', required: true },
}
const REJECT: Action = { label: 'Reject the plan', command: '/reject', words: { ask: 'Why', required: false } }
const CANCEL: Action = { label: 'Cancel the run', command: '/cancel', words: { ask: 'Why', required: false } }
const RESUME: Action = { label: 'Resume', command: '/resume' }
const VERIFY: Action = { label: 'Verify again', command: '/retry verification' }

const retry = (id: TaskId, label: string): Action => ({
  label,
  command: `/retry ${id}`,
  words: { ask: 'What to do differently', required: false },
})
const skip = (id: TaskId): Action => ({ label: `Skip ${id}`, command: `/skip ${id}` })

/** The commands that answer a need. A plan to approve, questions, money and a result have forms of their own. */
export function actionsFor(need: Need): Action[] {
  switch (need.kind) {
    case 'answers':
    case 'money':
    case 'approval':
    case 'result':
      return []
    case 'another-plan':
      return [REJECT]
    case 'resume':
      return [RESUME]
    case 'verification': {
      const { failure } = need
      return failure.cause === 'task' ? [retry(failure.task, `Work on ${failure.task} again`), VERIFY] : [VERIFY]
    }
    case 'gate':
      return [{ label: `Open the gate ${need.task}`, command: `/approve ${need.task}` }]
    case 'landing':
      return [
        { label: `Land ${need.task}`, command: `/approve ${need.task}` },
        retry(need.task, `Send ${need.task} back`),
      ]
    case 'retry':
      return [retry(need.task, `Retry ${need.task}`), skip(need.task)]
  }
}

/** What a person may also do, beside what the run waits for. */
export function otherActions(run: LiveRun): Action[] {
  switch (run.phase) {
    case 'requested':
    case 'proposed':
      return [...(run.planning === null ? [] : [REVISE]), REJECT]
    case 'active':
      return [...(run.paused === null ? [{ label: 'Pause', command: '/pause' }] : []), CANCEL]
    case 'ended':
      return [{ label: 'Plan again', command: '/plan', words: { ask: 'Words for the planner', required: false } }]
  }
}

interface TaskActions {
  /** What the run waits for. */
  urgent: readonly Action[]
  other: readonly Action[]
}

/** The commands for one task: those that the run waits for, and steering. */
export function taskActions(run: LiveRun, id: TaskId): TaskActions {
  if (run.phase !== 'active') return { urgent: [], other: [] }
  const status = displayStatuses(run.work).get(id)
  const urgent = needsOf(run).flatMap((need) => ('task' in need && need.task === id ? actionsFor(need) : []))
  const steer: Action[] =
    status === 'at work'
      ? [{ label: `Tell ${id}`, command: `/steer ${id}`, words: { ask: 'Words for its worker', required: true } }]
      : []
  const again = urgent.length === 0 && status === 'landed' ? [retry(id, `Work on ${id} again`)] : []
  const cancel: Action[] =
    status === 'at work' || status === 'queued' ? [{ label: `Cancel ${id}`, command: `/cancel ${id}` }] : []
  return { urgent, other: [...steer, ...again, ...cancel] }
}
