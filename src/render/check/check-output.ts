import type { Sha, TaskId } from '../../core/ids.ts'
import type { Task } from '../../core/plan/plan.ts'
import { recordOf } from '../../core/run/lookup.ts'
import { projectedAs } from '../../core/run/projection-name.ts'
import type { AttemptRecord } from '../../core/run/task-record.ts'
import type { Work } from '../../core/run/work.ts'
import type { PlannedRun } from '../plan/planned-run.ts'
import { checkName } from '../plan/tasks.ts'
import { displayStatus } from '../status/display-status.ts'
import { type AttemptCheck, attemptCheck, type CheckConclusion, type CheckOutput, completed } from './check-state.ts'
import { annotationsOf, detailsOf } from './job-log.ts'
import { checkSummary, checkText } from './task-text.ts'

/** Tasks that have checks: those of the plan, and started ones that a newer version of it left out. */
export function checkedTasks(work: Work): TaskId[] {
  const ids = work.plan.tasks.map(({ id }) => id)
  const gone = Object.keys(work.tasks).filter((id) => !ids.includes(id) && recordOf(work, id).attempts.length > 0)
  return [...ids, ...gone]
}

/** All check runs of a task: one for each attempt that came to something, on the commit that it handed over. Each is written once. */
export function checksFor(run: PlannedRun, id: TaskId): CheckOutput[] {
  const task = run.work.plan.tasks.find((one) => one.id === id)
  const checks = recordOf(run.work, id).attempts.flatMap((attempt): CheckOutput[] => {
    const sha = attempt.head ?? attempt.base
    const stateAndTitle = attemptCheck(run, id, attempt)
    const isShown = projectedAs(run, { kind: 'check', of: id, sha }) !== undefined
    if (stateAndTitle === null || !(isShown || isWorthACheck(run, id, attempt, stateAndTitle))) return []
    return [
      {
        ...(task === undefined ? leftOut(run, id, stateAndTitle) : check(run, task, attempt, stateAndTitle)),
        sha,
        externalId: `${run.run}/${id}/${attempt.attempt}`,
        text: checkText(run, id, attempt),
        ...detailsOf(run, attempt),
        ...annotationsOf(attempt.failure),
      },
    ]
  })
  if (checks.length > 0 || task === undefined) return newestOfEach(checks)
  return neverStarted(run, task)
}

/** An attempt that another one follows by itself has nothing to tell, unless a model has reviewed it: its commit is the head of no branch. */
function isWorthACheck(
  { work, phase }: PlannedRun,
  id: TaskId,
  attempt: AttemptRecord,
  { state }: AttemptCheck,
): boolean {
  if (state.status !== 'completed' || state.conclusion !== 'neutral' || attempt.failure?.reason === 'sent-back')
    return true
  const record = recordOf(work, id)
  const isOver = phase === 'ended' || ['failed', 'expanded', 'skipped', 'cancelled'].includes(record.state.status)
  return isOver && record.attempts.at(-1) === attempt
}

/** Two attempts may share a commit; the later one counts. */
const newestOfEach = (checks: readonly CheckOutput[]): CheckOutput[] => [
  ...new Map(checks.map((one) => [one.sha, one])).values(),
]

type Shown = Pick<CheckOutput, 'name' | 'title' | 'state' | 'summary'>

const check = (run: PlannedRun, task: Task, attempt: AttemptRecord | null, { state, title }: AttemptCheck): Shown => ({
  name: checkName(task.id, task.title),
  title,
  state,
  summary: checkSummary(run, task, attempt, title),
})

/** The check of a task that will not run again must end. */
const leftOut = ({ work }: PlannedRun, id: TaskId, { state, title }: AttemptCheck): Shown => ({
  name: checkName(id, work.previous?.plan.tasks.find((task) => task.id === id)?.title ?? 'left out of the plan'),
  title,
  state,
  summary: 'This task is no longer part of the plan.',
})

/** The check of a task that never started in a run that has ended. It has no commit, so the check is on trunk's start. */
function neverStarted(run: PlannedRun, task: Task): CheckOutput[] {
  if (run.phase !== 'ended' || run.work.startedAt === null) return []
  const stateAndTitle = endWithoutStart(run.work, task, run.endedAt)
  const shown = check(run, task, null, stateAndTitle)
  const sha: Sha = run.work.trunk.start
  return [{ ...shown, sha, externalId: `${run.run}/${task.id}/0`, text: 'It never had a branch of its own.' }]
}

function endWithoutStart(work: Work, { id }: Task, endedAt: string): AttemptCheck {
  const over = (conclusion: CheckConclusion, title: string): AttemptCheck => ({
    state: completed(conclusion, null, endedAt),
    title,
  })
  switch (displayStatus(work, id)) {
    case 'expanded':
      return over('neutral', `Turned into tasks: ${expandedInto(work, id).join(', ')}`)
    case 'cancelled':
      return over('cancelled', 'Cancelled')
    case 'failed':
      return over('failure', 'Failed')
    case 'blocked':
      return over('skipped', 'Blocked: never started')
    case 'landed':
    case 'at work':
    case 'verified':
    case 'in review':
    case 'queued':
    case 'waits for a person':
    case 'waits for its needs':
    case 'waits for the model':
    case 'waits for approval':
    case 'not approved':
    case 'skipped':
      return over('skipped', 'Skipped')
  }
}

function expandedInto(work: Work, id: TaskId): readonly TaskId[] {
  const { state } = recordOf(work, id)
  return state.status === 'expanded' ? state.into : []
}
