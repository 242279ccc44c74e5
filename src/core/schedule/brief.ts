import type { RunId, TaskId } from '../ids.ts'
import { ownOf } from '../own.ts'
import type { Plan, Task } from '../plan/plan.ts'
import type { Exploration } from '../plan/planning.ts'
import { recordOf, taskOf } from '../run/lookup.ts'
import type { Adaptation } from '../run/review.ts'
import type { ActiveRun } from '../run/state.ts'
import type { AttemptRecord, TaskRecord } from '../run/task-record.ts'
import type { Work } from '../run/work.ts'
import { type Conflict, type ConflictCheck, checksOf, conflictOf } from './conflict.ts'
import { type FinishedTask, finishedTask, type OtherTasks, otherTasksOf, restsOn } from './finished-task.ts'
import { type Neighbours, neighboursOf } from './neighbours.ts'
import { isInterrupted, resumable } from './parked.ts'

/** The goal of the run, verbatim and the same for all workers. */
export interface Intent {
  issue: { number: number; title: string; body: string }
  /** The words of `/plan` and of each `/revise`, oldest first. */
  commands: readonly { by: string; words: string }[]
  answers: readonly { question: string; words: string; by: string }[]
  /** What people with write access had said on the issue when the plan was made. */
  comments: readonly string[]
  /** What explorers found that new code has to keep to. */
  conventions: readonly string[]
  plan: Pick<Plan, 'title' | 'summary' | 'context' | 'approach' | 'assumptions' | 'non_goals'>
}

/** An earlier attempt that failed, was in conflict, or was interrupted and left the work that this one goes on with. */
export type EarlierAttempt = Pick<AttemptRecord, 'attempt' | 'outcome' | 'failure' | 'head' | 'steps'>

/** The content of a worker's brief for one attempt. Its size grows with the task's needs and neighbours, not with the run. */
export interface Brief {
  run: RunId
  /** Marks of fences are derived from it. Text from before the run was requested cannot contain them. */
  seed: string
  intent: Intent
  task: Task
  attempt: number
  needs: readonly FinishedTask[]
  others: OtherTasks
  neighbours: Neighbours
  earlier: readonly EarlierAttempt[]
  notes: readonly string[]
  /** Words of `/steer` for earlier workers at this task. */
  steers: TaskRecord['steers']
  /** What reviews of tasks that it needs have changed in it. */
  adapted: readonly Adaptation[]
  conflict: Conflict | null
  /** Its base already contains its earlier work, merged with that of others. */
  baseHasOwnWork: boolean
  checks: readonly ConflictCheck[]
}

const MOST_ATTEMPTS = 3

/** Those of work that still counts: a task that was done again may have handed off something else. */
export const adaptationsOf = (work: Work, id: TaskId): Adaptation[] =>
  (recordOf(work, id).adapted ?? []).filter(({ of, ofAttempt }) => {
    const state = ownOf(work.tasks, of)?.state
    return state?.status === 'landed' && state.attempt === ofAttempt
  })

/** The brief for the task's current attempt. */
export function briefOf(state: ActiveRun, id: TaskId): Brief {
  const { work } = state
  const task = taskOf(work, id)
  const record = recordOf(work, id)
  const needs = restsOn(work, task)
  const conflict = conflictOf(work, id, record)
  return {
    run: state.run,
    seed: `${work.base} ${state.askedAt} ${state.seen[0] ?? ''}`,
    intent: intentOf(state),
    task,
    attempt: record.attempts.at(-1)?.attempt ?? 1,
    needs: needs.flatMap((need) => finishedTask(work, need) ?? []),
    others: otherTasksOf(work, [id, ...needs]),
    neighbours: neighboursOf(work, task),
    earlier: earlierAttempts(record),
    notes: record.notes,
    steers: record.steers,
    adapted: adaptationsOf(work, id),
    conflict,
    baseHasOwnWork: conflict === null && record.onto.length > 0,
    checks: checksOf(task, conflict),
  }
}

/** The last ones that say something of the work, and the one whose work this attempt goes on with. */
function earlierAttempts(record: TaskRecord): AttemptRecord[] {
  const { attempts } = record
  const failed = attempts.filter((one) => ['failed', 'conflict'].includes(one.outcome) && !isInterrupted(one))
  const shown = failed.slice(-MOST_ATTEMPTS).map(({ attempt }) => attempt)
  const interrupted = resumable(record)?.attempt
  return attempts.filter(({ attempt }) => attempt === interrupted || shown.includes(attempt))
}

export function intentOf({ issue, words, askedBy, planning, work }: ActiveRun): Intent {
  const { title, summary, context, approach, assumptions, non_goals } = work.plan
  const questions = new Map(planning?.questions.map(({ id, question }) => [id, question]))
  const asked = words === '' ? [] : [{ by: askedBy, words }]
  return {
    issue,
    commands: [...asked, ...(planning?.revisions ?? [])],
    answers: (planning?.answers ?? []).map(({ question, words: answer, by }) => ({
      question: questions.get(question) ?? question,
      words: answer,
      by,
    })),
    comments: work.comments ?? [],
    conventions: conventionsIn(planning?.explorations ?? []),
    plan: { title, summary, context, approach, assumptions, non_goals },
  }
}

const MOST_CONVENTIONS = 24

const conventionsIn = (explorations: readonly Exploration[]): string[] =>
  [...new Set(explorations.flatMap(({ conventions }) => conventions))].slice(0, MOST_CONVENTIONS)
