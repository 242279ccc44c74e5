import type { Failure } from '../failure.ts'
import { type Sha, type TaskId, taskBranch } from '../ids.ts'
import { samePlanId } from '../plan/plan-id.ts'
import { err } from '../result.ts'
import { isApproved, recordOf, taskOf } from '../run/lookup.ts'
import type { ActiveRun, LiveRun, ProposedRun } from '../run/state.ts'
import type { Work } from '../run/work.ts'
import { whyNotReady } from './decide-planning.ts'
import { type CommandRequest, type DecisionResult, done, movedBase, staleness, stampOf } from './decision.ts'

/** `/approve` for a plan or a part of it, for a gate, or for a verified task that waits for review. */
export function decideApproval(state: LiveRun, asked: CommandRequest<'approve'>): DecisionResult {
  const task = asked.command.task ?? asked.threadTask
  if (task !== null) return decideTaskApproval(state, task, asked)
  const notReady = whyNotReady(state)
  if (notReady !== null) return err(notReady)
  if (state.phase !== 'proposed' && state.phase !== 'active')
    return err({ reason: 'nothing-to-approve', run: state.run, phase: state.phase })
  return decidePlanApproval(state, asked)
}

function decidePlanApproval(state: ProposedRun | ActiveRun, asked: CommandRequest<'approve'>): DecisionResult {
  const { work } = state
  const { planId, only } = asked.command
  if (planId !== null && !samePlanId(planId, work.planId))
    return err({ reason: 'plan-outdated', given: planId, latest: work.planId })
  if (planId === null && !isOlder(work, asked.commentedAt))
    return err({ reason: 'plan-newer-than-comment', planId: work.planId })
  const tasks = work.plan.tasks.map(({ id }) => id)
  const unknown = only?.find((id) => !tasks.includes(id))
  if (unknown !== undefined) return err({ reason: 'unknown-task', task: unknown, tasks })
  const part = only === null ? null : withNeeds(work, only)
  if (state.phase === 'active' && nothingNew(work, part))
    return done({ code: 'already-done', run: state.run, detail: 'This was approved before.' })
  const stale = staleness(asked.drift)
  if (stale !== null) return err(stale)
  const approval = { type: 'plan_approved', ...stampOf(asked), planId: work.planId, only: part } as const
  const details = {
    run: state.run,
    planId: work.planId,
    only: part,
    added: part?.filter((id) => !only?.includes(id)) ?? [],
    running: state.phase === 'active',
  }
  return asked.drift === null
    ? done({ code: 'approved', ...details }, approval)
    : done({ code: 'approved-base-moved', ...details, to: asked.drift.to }, approval, ...movedBase(asked))
}

/** GitHub's times are whole seconds, so a comment in the same second as the plan may be older. */
const isOlder = (work: Work, commentedAt: string): boolean => Date.parse(work.proposedAt) < Date.parse(commentedAt)

const nothingNew = (work: Work, part: readonly TaskId[] | null): boolean =>
  work.approved === null || (part?.every((id) => isApproved(work, id)) ?? false)

/** The named tasks and everything that they need, in plan order, so that the part can run. */
function withNeeds(work: Work, only: readonly TaskId[]): TaskId[] {
  const wanted = new Set(only)
  for (const task of work.plan.tasks.toReversed())
    if (wanted.has(task.id)) for (const need of task.needs) wanted.add(need)
  return work.plan.tasks.map((task) => task.id).filter((id) => wanted.has(id))
}

/** An approval counts for the work that was there when it was given: for that attempt, and at that commit, which a review names. */
function whyStale(
  { run }: ActiveRun,
  task: TaskId,
  { head, since }: { head: Sha; since: string },
  { branches, commentedAt, reviewed }: CommandRequest<'approve'>,
): Failure | null {
  const isNewer = Date.parse(since) >= Date.parse(commentedAt)
  if (reviewed === undefined && isNewer) return { reason: 'work-newer-than-comment', task, head }
  const branch = taskBranch(run, task)
  const tip = branches.get(branch)
  if (tip !== undefined && tip !== head) return { reason: 'work-moved', task, branch, head, tip }
  return reviewed === undefined || reviewed === head ? null : { reason: 'work-newer-than-review', task, head }
}

function decideTaskApproval(state: LiveRun, task: TaskId, asked: CommandRequest<'approve'>): DecisionResult {
  if (state.phase !== 'active') return err({ reason: 'nothing-to-approve', run: state.run, phase: state.phase })
  const tasks = state.work.plan.tasks.map(({ id }) => id)
  if (!tasks.includes(task)) return err({ reason: 'unknown-task', task, tasks })
  const current = recordOf(state.work, task).state
  const isGate = taskOf(state.work, task).kind === 'gate'
  if (current.status === 'waiting')
    return done({ code: 'gate-approved', run: state.run, task }, { type: 'gate_approved', ...stampOf(asked), task })
  if (current.status === 'verified') {
    const stale = whyStale(state, task, current, asked)
    if (stale !== null) return err(stale)
    const landed = { type: 'task_landed', ...stampOf(asked), task, attempt: current.attempt } as const
    return done({ code: 'landing-approved', run: state.run, task }, landed)
  }
  if (current.status === 'landed')
    return done({ code: 'already-done', run: state.run, detail: `\`${task}\` has landed.` })
  const detail = isGate
    ? 'It can be approved once everything it needs has landed.'
    : 'It can be approved once its work is verified.'
  return err({ reason: 'wrong-task-state', task, status: current.status, detail })
}
