import { planIdOf } from '../../src/core/plan/plan-id.ts'
import { replay } from '../../src/core/run/evolve.ts'
import { type Draft, recordEvents } from '../../src/jobs/orchestrate/session/event-draft.ts'
import { nowOf, type Session } from '../../src/jobs/orchestrate/session/session.ts'
import type { StageResult } from '../../src/jobs/orchestrate/session/stage-runner.ts'
import type { Member } from '../graphs/corpus.ts'
import { askedFor, BASE, live, settingsFor, TRUNK } from '../machine/begin.ts'
import type { VirtualClock } from '../machine/clock.ts'

/**
 * A run in mode `off`, where tasks start and land while the plan is being written. In the other modes a person approves in
 * between, and what they take is nobody's to measure.
 */
export function asked(slots: number, pushesPerMinute: number, clock: VirtualClock) {
  const at = clock.now().toISOString()
  const settings = settingsFor(slots, pushesPerMinute)
  const frozen = { base: BASE, baseBranch: 'main', settings, settingsBlob: '', mode: 'off', limit: 10 } as const
  return { state: live(replay([askedFor(at), { type: 'planning_begun', at, by: 'tributary', ...frozen }])), events: [] }
}

/**
 * What the planner has found: the plan's head with the first task, each task, and the whole plan with the last one. No model
 * answers here, so that neither the parsing of its stream nor the stages before the design are in it: the events that those
 * write are written at the times at which they would be.
 */
export function said(session: Session, { workload: { plan } }: Member, index: number): StageResult {
  const task = plan.tasks[index]
  return {
    stage: 'design#1',
    last: false,
    into(draft: Draft) {
      const at = nowOf(session)
      const { settings } = draft.state.planning ?? {}
      if (task === undefined || settings === undefined) return draft
      const planId = planIdOf({ plan, base: BASE, settingsBlob: '', settings })
      let next = draft
      if (index === 0)
        next = recordEvents(next, at, { type: 'plan_begun', plan: { ...plan, tasks: [] }, planId, trunk: TRUNK })
      next = recordEvents(next, at, { type: 'task_planned', planned: task, notes: [] })
      if (index < plan.tasks.length - 1) return next
      const proposal = {
        plan,
        planId,
        base: BASE,
        baseBranch: 'main',
        settings,
        settingsBlob: '',
        trunk: TRUNK,
        notes: [],
      }
      return recordEvents(next, at, { type: 'plan_proposed', ...proposal, mode: 'off' })
    },
  }
}
