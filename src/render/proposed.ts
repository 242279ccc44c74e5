import { shortPlanId } from '../core/plan-id.ts'
import { makeMarker } from './marker.ts'
import { waitsForApproval } from './plan-basis.ts'
import type { PlannedRun } from './planned.ts'
import { count } from './words.ts'

/** On the issue: where the plan is, and the line that lets it pass where one is needed. */
export const renderProposed = (run: PlannedRun, pull: number): string =>
  [
    makeMarker('proposed', run.run),
    said(run, `#${pull}`),
    ...(waitsForApproval(run) ? ['', '```text', `/approve ${shortPlanId(run.work.planId)}`, '```'] : []),
  ].join('\n')

function said(run: PlannedRun, pull: string): string {
  const { work } = run
  if (work.open) return `\`plan-begun\`: The plan is being written on ${pull}; its tasks start as they come.`
  const there = `\`plan-proposed\`: The plan has ${count(work.plan.tasks.length, 'task')} and is on ${pull}.`
  if (work.mode === 'off') return `${there} It runs without an approval; the final pull request is the gate.`
  if (!waitsForApproval(run)) return `${there} Nothing of it waits for an approval now.`
  return work.mode === 'soft'
    ? `${there} Slots work on it already; nothing of it lands before an approval, there or here:`
    : `${there} Nothing runs before an approval, there or here:`
}
