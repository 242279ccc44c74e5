import type { RunEvent } from '../../src/core/run/event.ts'
import { workOf } from '../../src/core/run/state.ts'
import { tasksWithStatus } from '../../src/core/run/task-status.ts'
import { wantedStages } from '../../src/core/schedule/planning-stages.ts'
import { STEPS } from '../../src/jobs/orchestrate/orchestrate.ts'
import { reserveStages } from '../../src/jobs/orchestrate/planning/stages.ts'
import type { Draft } from '../../src/jobs/orchestrate/session/event-draft.ts'
import type { OrchestratorStep } from '../../src/jobs/orchestrate/session/session.ts'
import { startWork } from '../../src/jobs/orchestrate/steps.ts'

/**
 * Everything stops at a failure: what is at work ends, then a part is planned again where that is called for, then all goes
 * on. Plan-and-execute agents re-plan between rounds like this (LangGraph's plan-and-execute; the joiner of LLMCompiler).
 * `lenient`: another attempt is made beside the others, and only a new plan of a part stops them. For one run: it remembers
 * whether it stands.
 */
export function stopTheWorld(lenient = false): readonly OrchestratorStep[] {
  let stands = false
  const stops = (event: RunEvent) => event.type === 'task_failed' && (event.final || !lenient)
  const unless = (step: OrchestratorStep, holds: (draft: Draft) => boolean): OrchestratorStep => {
    return (session, draft) => {
      stands ||= draft.events.some(stops)
      stands &&= isBusy(draft) || isReplanned(draft)
      return stands && holds(draft) ? draft : step(session, draft)
    }
  }
  const held = new Map<OrchestratorStep, OrchestratorStep>([
    [reserveStages, unless(reserveStages, isBusy)],
    [startWork, unless(startWork, () => true)],
  ])
  return STEPS.map((step) => held.get(step) ?? step)
}

function isBusy({ state }: Draft): boolean {
  const work = workOf(state)
  return work !== null && tasksWithStatus(work, 'in_progress').length > 0
}

const isReplanned = ({ state }: Draft): boolean => wantedStages(state).some(({ name }) => name === 'replan')
