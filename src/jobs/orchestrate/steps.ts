import { branchRef, type TaskId } from '../../core/ids.ts'
import { isAssembled, nextVerdict } from '../../core/landing/verification.ts'
import { stageAllowance } from '../../core/money/allowance.ts'
import { spentUsd } from '../../core/money/ledger.ts'
import { ownOf } from '../../core/own.ts'
import { isAgentTask } from '../../core/plan/plan.ts'
import { type ActiveRun, taskOf, type Work, workOf } from '../../core/run/state.ts'
import { tasksWithStatus } from '../../core/run/task-status.ts'
import { taskAllowance } from '../../core/schedule/attempt-allowance.ts'
import { stagesInWant, wantedStages, wantsDescription } from '../../core/schedule/planning-stages.ts'
import { type Assigned, assign, startable } from '../../core/schedule/ready.ts'
import { SETTINGS_PATH } from '../../core/settings.ts'
import { driftBetween } from '../base-drift.ts'
import { type Draft, recordEvents } from './session/event-draft.ts'
import { nowOf, type OrchestratorStep, type Session } from './session/session.ts'
import { freeSlots } from './slots/supply.ts'

type AssignedTask = Extract<Assigned, { kind: 'task' }>

/** A slot's job that ended without a result gives its task back; a task that loses its slots again and again fails. */
const LOSSES = 3

export const takeBackLost: OrchestratorStep = (session, draft) => {
  if (draft.state.phase !== 'active') return draft
  const at = nowOf(session)
  let next = draft
  for (const task of tasksWithStatus(draft.state.work, 'in_progress')) {
    const known = ownOf(draft.state.work.tasks, task.id)
    if (known?.state.status !== 'in_progress' || !isLost(session, known.state.slot)) continue
    const { attempt, slot } = known.state
    if (known.lost + 1 >= LOSSES) {
      const failure = { reason: 'slot-lost', times: LOSSES } as const
      next = recordEvents(next, at, { type: 'task_failed', task: task.id, attempt, head: null, failure, final: true })
    } else
      next = recordEvents(next, at, { type: 'task_returned', task: task.id, attempt, slot, ...unbegun(session, slot) })
  }
  return takeBackVerification(session, next)
}

function takeBackVerification(session: Session, draft: Draft): Draft {
  const verification = workOf(draft.state)?.verification
  if (verification?.status !== 'in_progress' || !isLost(session, verification.slot)) return draft
  const { on, attempt, slot } = verification
  return recordEvents(draft, nowOf(session), { type: 'verification_returned', on, attempt, slot })
}

const unbegun = (session: Session, slot: string): { unbegun?: true } =>
  session.jobs.get(slot)?.leftInOrder === true ? { unbegun: true } : {}

const isLost = (session: Session, slot: string): boolean => session.jobs.get(slot)?.status === 'completed'

/** The base branch is looked at before anything lands: where it moved in paths that the plan uses, a person is asked. */
export const watchBase: OrchestratorStep = async (session, draft) => {
  if (draft.state.phase !== 'active') return draft
  const { work } = draft.state
  const tip = session.refs.get(branchRef(work.baseBranch))
  if (tip === undefined || tip === work.baseSeen.sha) return draft
  const { paths, settingsChanged } = await driftBetween(session.repo, work, tip)
  const stale = paths.length > 0 || settingsChanged
  const named = settingsChanged ? [...paths, SETTINGS_PATH] : [...paths]
  const moved = recordEvents(draft, nowOf(session), { type: 'base_moved', to: tip, paths: named, stale })
  if (!stale) return moved
  const why = `\`${work.baseBranch}\` moved in paths of the plan: ${named.slice(0, 5).join(', ')}`
  return recordEvents(moved, nowOf(session), { type: 'run_paused', why })
}

/** When trunk holds everything, its verification; then the end, or the search for the merge that broke it. */
export const verify: OrchestratorStep = (session, draft) => {
  if (draft.state.phase !== 'active' || draft.state.paused !== null || !isAssembled(draft.state.work)) return draft
  const { work } = draft.state
  const at = nowOf(session)
  const verdict = nextVerdict(work)
  switch (verdict.next) {
    case 'wait':
      return draft
    case 'verify':
      return recordEvents(draft, at, { type: 'verification_queued', on: verdict.on, attempt: work.verifications + 1 })
    case 'passed':
      // The last word of a run is what the change as a whole is; the planner is at it.
      if (session.deps.model !== null && wantsDescription(draft.state) && hasMoneyFor(draft.state)) return draft
      return recordEvents(draft, at, { type: 'run_finished', sha: work.trunk.tip })
    case 'culprit':
      return work.culprit === null ? recordEvents(draft, at, { type: 'culprit_found', task: verdict.task }) : draft
  }
}

const hasMoneyFor = (run: ActiveRun): boolean =>
  wantedStages(run).some(
    (stage) => stage.name === 'synthesis' && (stage.key in run.ledger.reserved || stageAllowance(run, stage) !== null),
  )

/** Gives what is ready to the slots that are free. */
export const startWork: OrchestratorStep = (session, draft) => {
  if (draft.state.phase !== 'active') return draft
  const at = nowOf(session)
  let next = draft
  for (const one of assign(draft.state, freeSlots(session, draft.state))) {
    if (one.kind === 'verification')
      next = recordEvents(next, at, { type: 'verification_started', on: one.on, attempt: one.attempt, slot: one.slot })
    else next = startTask(next, at, one)
  }
  return next
}

/** An agent gets money of its own; where there is too little, its task stays queued. */
function startTask(draft: Draft, at: string, { task, attempt, slot }: AssignedTask): Draft {
  if (draft.state.phase !== 'active') return draft
  const started = { type: 'task_started', task, attempt, slot } as const
  if (!costsMoney(draft.state.work, task)) return recordEvents(draft, at, started)
  const allowance = taskAllowance(draft.state, task)
  return allowance === null ? draft : recordEvents(draft, at, { ...started, allowance })
}

const costsMoney = (work: Work, id: TaskId): boolean =>
  isAgentTask(taskOf(work, id)) && work.settings.worker.command.length === 0

function areTasksPoor(run: ActiveRun): boolean {
  const { work } = run
  if (!work.plan.tasks.some(({ id }) => costsMoney(work, id))) return false
  const ready = startable(work).filter(({ id }) => costsMoney(work, id))
  return ready.length > 0 && ready.every(({ id }) => taskAllowance(run, id) === null)
}

/** The limit is reached: nothing is at work any more, and what is ready cannot be paid for. A person may raise it. */
export const watchMoney: OrchestratorStep = (session, draft) => {
  if (draft.state.phase !== 'active' || draft.state.paused !== null) return draft
  const run = draft.state
  const { work, ledger } = run
  if (tasksWithStatus(work, 'in_progress').length > 0 || Object.keys(ledger.reserved).length > 0) return draft
  const isPlannerPoor = session.deps.model !== null && stagesInWant(run).length > 0
  if (!isPlannerPoor && !areTasksPoor(run)) return draft
  const why = `the limit of ${(ledger.limit ?? 0).toFixed(2)} USD is reached: ${spentUsd(ledger).toFixed(2)} USD are spent`
  return recordEvents(draft, nowOf(session), { type: 'run_paused', why, cause: 'budget' })
}
