import { type Asked, type Asking, type Decided, done, stampOf } from './asked.ts'
import type { RunEvent } from './event.ts'
import type { TaskId } from './ref.ts'
import { err } from './result.ts'
import { type ActiveRun, type LiveRun, statusOf, type TaskStatus } from './state.ts'

/** `/retry t3`, `/skip t3` and `/cancel t3`. */
export function decideOnTask(state: LiveRun, asked: Asked<'retry' | 'skip' | 'cancel'>): Decided {
  const task = asked.command.task ?? asked.threadTask
  if (state.phase !== 'active')
    return err({
      reason: 'wrong-phase',
      run: state.run,
      phase: state.phase,
      detail: 'Its tasks start with `/approve`.',
    })
  if (task === null || state.work.tasks[task] === undefined)
    return err({ reason: 'unknown-task', task: task ?? '', tasks: Object.keys(state.work.tasks) })
  switch (asked.command.name) {
    case 'retry':
      return decideRetry(state, task, asked.command.note, asked)
    case 'skip':
      return decideSkip(state, task, asked)
    case 'cancel':
      return decideCancelTask(state, task, asked)
  }
}

/** A verified task is here only while it waits for a review: a person sends it back. */
const AGAIN: readonly TaskStatus[] = ['failed', 'cancelled', 'skipped', 'verified']

function decideRetry(state: ActiveRun, task: TaskId, note: string, asked: Asking): Decided {
  const status = statusOf(state.work, task)
  const mending = status === 'landed' && state.work.verification?.status === 'failed'
  if (!mending && !AGAIN.includes(status))
    return err({
      reason: 'wrong-task-state',
      task,
      status,
      detail:
        'Only a task that failed, was cancelled or skipped, waits for a review, or broke the verification can be tried again.',
    })
  const onto = mending ? [state.work.trunk.tip] : []
  const retried: RunEvent = { type: 'task_retried', ...stampOf(asked), task, note, onto }
  return done({ code: 'retrying', run: state.run, task }, retried)
}

function decideSkip(state: ActiveRun, task: TaskId, asked: Asking): Decided {
  const status = statusOf(state.work, task)
  if (status === 'skipped') return done({ code: 'already-done', run: state.run, detail: `\`${task}\` is skipped.` })
  if (status === 'landed' || status === 'in_progress') {
    const detail = status === 'landed' ? 'What has landed stays.' : `It is at work; \`/cancel ${task}\` stops it first.`
    return err({ reason: 'wrong-task-state', task, status, detail })
  }
  return done({ code: 'skipped', run: state.run, task }, { type: 'task_skipped', ...stampOf(asked), task })
}

function decideCancelTask(state: ActiveRun, task: TaskId, asked: Asking): Decided {
  const status = statusOf(state.work, task)
  if (status === 'cancelled') return done({ code: 'already-done', run: state.run, detail: `\`${task}\` is cancelled.` })
  if (status === 'landed' || status === 'skipped')
    return err({ reason: 'wrong-task-state', task, status, detail: 'What has landed stays.' })
  return done({ code: 'task-cancelled', run: state.run, task }, { type: 'task_cancelled', ...stampOf(asked), task })
}
