import type { TaskId } from '../../core/ids.ts'
import { type Question, unanswered } from '../../core/plan/planning.ts'
import { type ActiveRun, type Conclusion, type LiveRun, type RunState, workOf } from '../../core/run/state.ts'
import { planWaitsForMoney } from '../../core/schedule/planning-stages.ts'
import { waitsForApproval } from '../../render/plan/plan-stage.ts'
import { isPlanned, type PlannedRun } from '../../render/plan/planned-run.ts'
import { displayStatuses, tasksShownAs } from '../../render/status/display-status.ts'
import { phaseOf } from '../../render/status/run-phase.ts'

/** What a run needs before it goes on. `key`: the same for the same question, so that it is asked once. */
export type Need =
  /** It goes on by itself. */
  | { kind: 'nothing' }
  | { kind: 'answers'; key: string; questions: readonly Question[] }
  | { kind: 'approval'; key: string; run: PlannedRun }
  /** A gate, or a verified task that a person lands. */
  | { kind: 'opening'; key: string; task: TaskId; title: string; isGate: boolean }
  /** Something that the status names, and that is not asked here. */
  | { kind: 'person' }
  | { kind: 'over'; conclusion: Conclusion }

const NOTHING: Need = { kind: 'nothing' }
const PERSON: Need = { kind: 'person' }

export function waitsFor(state: RunState): Need {
  switch (state.phase) {
    case 'empty':
      return NOTHING
    case 'requested':
      return planning(state)
    case 'proposed':
      if (state.work.baseSeen.stale) return PERSON
      return waitsForApproval(state) ? approvalOf(state) : planning(state)
    case 'active':
      return active(state)
    case 'ended':
      return { kind: 'over', conclusion: state.conclusion }
  }
}

function planning(run: LiveRun): Need {
  const questions = run.planning === null ? [] : unanswered(run.planning)
  if (run.planning !== null && questions.length > 0)
    return {
      kind: 'answers',
      key: `answers:${questions.map(({ id }) => id).join()}`,
      questions: run.planning.questions,
    }
  return planWaitsForMoney(run) ? PERSON : NOTHING
}

const approvalOf = (run: PlannedRun): Need => ({ kind: 'approval', key: `approval:${run.work.planId}`, run })

function active(run: ActiveRun): Need {
  const [task] = tasksShownAs(displayStatuses(run.work), 'waits for a person')
  if (task !== undefined && run.paused === null) return openingOf(run, task)
  const phase = phaseOf(run)
  switch (phase.kind) {
    case 'waiting-for-approval':
    case 'part-not-approved':
      return isPlanned(run) ? approvalOf(run) : PERSON
    case 'planning':
      return planning(run)
    case 'base-moved':
    case 'out-of-money':
    case 'paused':
    case 'waiting-for-person':
    case 'stuck':
      return PERSON
    case 'verification-failed':
      return phase.failure.cause === 'searching' ? NOTHING : PERSON
    case 'running':
    case 'verifying':
    case 'describing':
    case 'merging':
    case 'replanning':
    case 'expanding':
    case 'model-busy':
    case 'preparing':
      return NOTHING
  }
}

function openingOf(run: ActiveRun, task: TaskId): Need {
  const found = workOf(run)?.plan.tasks.find(({ id }) => id === task)
  return {
    kind: 'opening',
    key: `opening:${task}`,
    task,
    title: found?.title ?? task,
    isGate: found?.kind === 'gate',
  }
}
