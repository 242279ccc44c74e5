import type { Failure } from '../failure.ts'
import { type TaskId, trunkBranch } from '../ids.ts'
import { isAgentTask } from '../plan/plan.ts'
import { err, ok, type Result } from '../result.ts'
import type { RunEvent } from '../run/event.ts'
import { statusOf, taskOf } from '../run/lookup.ts'
import type { ActiveRun, EndedRun, LiveRun } from '../run/state.ts'
import type { TaskStatus } from '../run/task-record.ts'
import type { Work } from '../run/work.ts'
import { type CommandFacts, type CommandRequest, type DecisionResult, done, stampOf } from './decision.ts'

/** `/retry t3`, `/skip t3` and `/cancel t3`. */
export function decideOnTask(state: LiveRun, asked: CommandRequest<'retry' | 'skip' | 'cancel'>): DecisionResult {
  const { command } = asked
  if (command.name === 'retry' && command.task === VERIFICATION && !isTask(state, VERIFICATION))
    return decideRetryVerification(state, asked)
  const named = taskNamed(state, command.task)
  if (!named.ok) return named
  const { run, task } = named.value
  switch (asked.command.name) {
    case 'retry':
      return decideRetry(run, task, asked.command.note, asked)
    case 'skip':
      return decideSkip(run, task, asked)
    case 'cancel':
      return decideCancelTask(run, task, asked)
  }
}

/** What `/retry verification` names. Plans of earlier versions may have a task of that id. */
export const VERIFICATION = 'verification'

const isTask = (state: LiveRun, id: TaskId): boolean =>
  state.phase === 'active' && state.work.plan.tasks.some((task) => task.id === id)

/** The verification runs again on the trunk that it failed on: the cause may have been outside of it. */
function decideRetryVerification(state: LiveRun, asked: CommandFacts): DecisionResult {
  const { run, phase } = state
  const refused = (detail: string) => err({ reason: 'wrong-phase' as const, run, phase, detail })
  if (state.phase !== 'active') return refused('Only the verification of a run at work can be run again.')
  if (state.work.verification?.status !== 'failed')
    return refused('Its verification has not failed; it runs by itself when all tasks are in trunk.')
  return done({ code: 'verifying-again', run }, { type: 'verification_retried', ...stampOf(asked) })
}

/** A finished run goes on if people put more into its final pull request than was verified: it is taken over and verified. */
export function decideReopen({ run, phase, work }: EndedRun, asked: CommandFacts): DecisionResult {
  const tip = asked.branches.get(trunkBranch(run))
  if (tip !== undefined && tip !== work?.trunk.tip)
    return done({ code: 'verifying-again', run, moved: true }, { type: 'run_reopened', ...stampOf(asked) })
  const detail = tip === undefined ? 'Its trunk was deleted.' : 'Its verification passed on all that trunk has.'
  return err({ reason: 'wrong-phase', run, phase, detail })
}

function taskNamed(state: LiveRun, task: TaskId | null): Result<{ run: ActiveRun; task: TaskId }, Failure> {
  const { run, phase } = state
  if (state.phase !== 'active')
    return err({ reason: 'wrong-phase', run, phase, detail: 'Its tasks start with `/approve`.' })
  const tasks = state.work.plan.tasks.map(({ id }) => id)
  if (task === null || !tasks.includes(task)) return err({ reason: 'unknown-task', task: task ?? '', tasks })
  return ok({ run: state, task })
}

/** `/steer t3 -- words`: a message for the task's agent, which gets it at its next turn. It approves nothing. */
export function decideSteer(state: LiveRun, asked: CommandRequest<'steer'>): DecisionResult {
  const { task, words } = asked.command
  const named = taskNamed(state, task)
  if (!named.ok) return named
  const { work } = named.value.run
  const status = statusOf(work, task)
  const noListener = whyNoListener(work, task)
  if (noListener !== null) return err({ reason: 'wrong-task-state', task, status, detail: noListener })
  return done({ code: 'steered', run: state.run, task }, { type: 'task_steered', ...stampOf(asked), task, words })
}

export const isAtWorkWithAgent = (work: Work, task: TaskId): boolean => whyNoListener(work, task) === null

/** Why the task has no agent that could get a message; null if it has. */
function whyNoListener(work: Work, task: TaskId): string | null {
  if (!isAgentTask(taskOf(work, task))) return 'No agent works on it, so there is no one to tell.'
  if (statusOf(work, task) !== 'in_progress')
    return `Only a worker at work can be told something; \`/retry ${task} -- note\` tells the next one, once this attempt is over.`
  if (work.settings.worker.command.length > 0)
    return `The program of \`worker.command\` works on it, and hears nothing until it ends; \`/cancel ${task}\` stops it, \`/retry ${task} -- note\` then tells the next one.`
  return null
}

const EXPANDED = 'It was turned into tasks, which stand in its place: name one of those.'

/** Statuses that allow `/retry`. `verified` lasts only while a task waits for review: a person sends it back. */
const RETRYABLE: readonly TaskStatus[] = ['failed', 'cancelled', 'skipped', 'verified']

function decideRetry(state: ActiveRun, task: TaskId, note: string, asked: CommandFacts): DecisionResult {
  const status = statusOf(state.work, task)
  const fixesTrunk = status === 'landed' && state.work.verification?.status === 'failed'
  if (status === 'expanded') return err({ reason: 'wrong-task-state', task, status, detail: EXPANDED })
  if (!fixesTrunk && !RETRYABLE.includes(status))
    return err({
      reason: 'wrong-task-state',
      task,
      status,
      detail:
        'Only a task that failed, was cancelled or skipped, waits for a review, or broke the verification can be tried again.',
    })
  const onto = fixesTrunk ? [state.work.trunk.tip] : []
  const retried: RunEvent = { type: 'task_retried', ...stampOf(asked), task, note, onto }
  return done({ code: 'retrying', run: state.run, task }, retried)
}

function decideSkip(state: ActiveRun, task: TaskId, asked: CommandFacts): DecisionResult {
  const status = statusOf(state.work, task)
  if (status === 'skipped') return done({ code: 'already-done', run: state.run, detail: `\`${task}\` is skipped.` })
  if (status === 'expanded') return err({ reason: 'wrong-task-state', task, status, detail: EXPANDED })
  if (status === 'landed' || status === 'in_progress') {
    const detail = status === 'landed' ? 'What has landed stays.' : `It is at work; \`/cancel ${task}\` stops it first.`
    return err({ reason: 'wrong-task-state', task, status, detail })
  }
  return done({ code: 'skipped', run: state.run, task }, { type: 'task_skipped', ...stampOf(asked), task })
}

function decideCancelTask(state: ActiveRun, task: TaskId, asked: CommandFacts): DecisionResult {
  const status = statusOf(state.work, task)
  if (status === 'cancelled') return done({ code: 'already-done', run: state.run, detail: `\`${task}\` is cancelled.` })
  if (status === 'expanded') return err({ reason: 'wrong-task-state', task, status, detail: EXPANDED })
  if (status === 'landed' || status === 'skipped')
    return err({ reason: 'wrong-task-state', task, status, detail: 'What has landed stays.' })
  return done({ code: 'task-cancelled', run: state.run, task }, { type: 'task_cancelled', ...stampOf(asked), task })
}
