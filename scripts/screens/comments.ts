import { live, requested } from '../../__tests__/render/support/runs.ts'
import { checksFor } from '../../src/render/check/check-output.ts'
import { renderPlanComment } from '../../src/render/plan/plan-comment.ts'
import type { PlannedRun } from '../../src/render/plan/planned-run.ts'
import { renderPlanRefused } from '../../src/render/plan/problems.ts'
import { finalPull } from '../../src/render/pull/final-pull.ts'
import { workerPull } from '../../src/render/pull/worker-pull.ts'
import { explain } from '../../src/render/reply/explain-failure.ts'
import { renderProposed } from '../../src/render/reply/replies.ts'
import { renderStatus } from '../../src/render/status/status-comment.ts'
import type { Moments } from './scripted-run.ts'

/** A text of Tributary as people meet it, by a short name. */
export interface Screen {
  name: string
  markdown: string
}

/** What people meet in a run, in the order in which they meet it. `byItself`: the same run under `merge: auto`. */
export function screensOf({ waiting, atWork, ended }: Moments, byItself: Moments): Screen[] {
  const ids = atWork.work.plan.tasks.map(({ id }) => id)
  const [landed = ''] = ids
  const broken = ids[Math.floor(ids.length / 2)] ?? ''
  const verified = ids[Math.floor(ids.length / 2) + 1] ?? landed
  return [
    { name: 'proposed', markdown: renderProposed(waiting, 50) },
    { name: 'plan', markdown: renderPlanComment(waiting) },
    { name: 'plan-approved', markdown: renderPlanComment(atWork) },
    { name: 'plan-ended', markdown: renderPlanComment(ended) },
    { name: 'status', markdown: renderStatus(atWork) },
    { name: 'status-ended', markdown: renderStatus(ended) },
    { name: 'worker-by-itself', markdown: workerPull(byItself.atWork, landed).body },
    { name: 'worker-failed', markdown: workerPull(atWork, broken).body },
    { name: 'worker-verified', markdown: workerPull(atWork, verified).body },
    { name: 'worker-merged', markdown: workerPull(atWork, landed).body },
    { name: 'check-failed', markdown: checkOf(atWork, broken) },
    { name: 'final-draft', markdown: finalPull(atWork).body },
    { name: 'final', markdown: finalPull(ended).body },
    ...refusals(),
  ]
}

const checkOf = (run: PlannedRun, id: string): string => {
  const check = checksFor(run, id).at(-1)
  return check === undefined ? '' : `# ${check.title}\n\n${check.summary}\n\n${check.text}`
}

const refusals = (): Screen[] => [
  {
    name: 'refused-command',
    markdown: explain({ reason: 'not-permitted', actor: 'mallory', permission: 'read', needed: 'write' }).join('\n'),
  },
  { name: 'refused-plan', markdown: refusedPlan() },
]

function refusedPlan(): string {
  const problems = [
    {
      code: 'no-model' as const,
      task: null,
      field: null,
      message:
        "There is no key for a model in this repository's secrets, and the issue has no plan: add one of the two.",
    },
  ]
  const run = live(requested(), { type: 'plan_refused', problems })
  return run.phase === 'ended' ? renderPlanRefused(run) : ''
}
