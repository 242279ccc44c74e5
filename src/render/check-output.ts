import type { Task } from '../core/plan.ts'
import type { Sha, TaskId } from '../core/ref.ts'
import { type AttemptRecord, recordOf, taskOf } from '../core/state.ts'
import { attemptState, type CheckOutput, completed, type Told } from './check-state.ts'
import { checkSummary, checkText } from './check-text.ts'
import { bounded } from './escape.ts'
import type { PlannedRun } from './planned.ts'
import { standingsOf } from './standing.ts'

const NAME = 100

export { runChecksFor } from './check-run.ts'
export type { CheckOutput } from './check-state.ts'

/** Every check run of a task: one on each attempt's start commit, and one on the head that it handed over. */
export function checksFor(run: PlannedRun, id: TaskId): CheckOutput[] {
  const task = taskOf(run.work, id)
  const record = recordOf(run.work, id)
  const checks = record.attempts.flatMap((attempt) => {
    const told = attemptState(run, record, attempt)
    const commits = attempt.head === null ? [attempt.base] : [...new Set([attempt.base, attempt.head])]
    return commits.map((sha) => check(run, task, attempt, told, sha, checkText(record, attempt)))
  })
  return checks.length > 0 ? newestOfEach(checks) : neverStarted(run, task)
}

/** Two attempts may stand on the same commit; the later one is what counts. */
const newestOfEach = (checks: readonly CheckOutput[]): CheckOutput[] => [
  ...new Map(checks.map((one) => [one.sha, one])).values(),
]

function check(
  run: PlannedRun,
  task: Task,
  attempt: AttemptRecord | null,
  { state, title }: Told,
  sha: Sha,
  text: string,
): CheckOutput {
  return {
    name: bounded(`tributary / ${task.id} — ${task.title}`, NAME),
    sha,
    externalId: `${run.run}/${task.id}/${attempt?.attempt ?? 0}`,
    title,
    state,
    summary: checkSummary(run, task, attempt, title),
    text,
  }
}

/** A task that got no commit of its own in the whole run: its check is on trunk's start, so that it is not missing. */
function neverStarted(run: PlannedRun, task: Task): CheckOutput[] {
  if (run.phase !== 'ended' || run.work.startedAt === null) return []
  const standing = standingsOf(run.work).get(task.id)
  const conclusion = standing === 'cancelled' ? 'cancelled' : standing === 'failed' ? 'failure' : 'skipped'
  const title = {
    cancelled: 'Cancelled',
    failure: 'Failed',
    skipped: standing === 'blocked' ? 'Blocked: never started' : 'Skipped',
  }[conclusion]
  const told: Told = { state: completed(conclusion, null, run.endedAt), title }
  return [check(run, task, null, told, run.work.trunk.start, 'It never had a branch of its own.')]
}
