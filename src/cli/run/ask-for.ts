import type { TaskId } from '../../core/ids.ts'
import type { Question } from '../../core/plan/planning.ts'
import { taskOf } from '../../core/run/lookup.ts'
import type { LiveRun, RunState } from '../../core/run/state.ts'
import { isPlanned, type PlannedRun } from '../../render/plan/planned-run.ts'
import { type Need, needsOf } from '../../render/status/needs.ts'
import { phaseOf } from '../../render/status/run-phase.ts'

/** What a terminal asks a person. `key`: the same for the same question, so that it is asked once. */
export type Asking =
  | { kind: 'answers'; key: string; questions: readonly Question[] }
  | { kind: 'approval'; key: string; run: PlannedRun }
  /** A gate, or a verified task that a person lands. */
  | { kind: 'opening'; key: string; task: TaskId; title: string; isGate: boolean }

/** The question to ask now; null: there is none, or the run waits for what only its status names. */
export function askFor(state: RunState): Asking | null {
  if (state.phase === 'empty' || (state.phase === 'active' && state.paused !== null)) return null
  const [asking] = needsOf(state).flatMap((need) => askingOf(state, need) ?? [])
  return asking ?? null
}

function askingOf(state: LiveRun, need: Need): Asking | null {
  switch (need.kind) {
    case 'answers':
      return {
        kind: 'answers',
        key: `answers:${need.planning.questions.map(({ id }) => id).join()}`,
        questions: need.planning.questions,
      }
    case 'approval':
      return need.part === 'rest' && !onlyApprovalIsLeft(state)
        ? null
        : { kind: 'approval', key: `approval:${need.run.work.planId}`, run: need.run }
    case 'gate':
    case 'landing':
      return openingOf(state, need.task, need.kind === 'gate')
    case 'money':
    case 'another-plan':
    case 'resume':
    case 'verification':
    case 'retry':
    case 'result':
      return null
  }
}

/** Who approved a part wants to see it first. */
const onlyApprovalIsLeft = (state: LiveRun): boolean =>
  state.phase === 'active' && ['waiting-for-approval', 'part-not-approved'].includes(phaseOf(state).kind)

const openingOf = (state: LiveRun, task: TaskId, isGate: boolean): Asking | null =>
  isPlanned(state)
    ? { kind: 'opening', key: `opening:${task}`, task, title: taskOf(state.work, task).title, isGate }
    : null
