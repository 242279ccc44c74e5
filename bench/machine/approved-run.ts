import type { Plan } from '../../src/core/plan/plan.ts'
import { planIdOf } from '../../src/core/plan/plan-id.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replay, replayOn } from '../../src/core/run/evolve.ts'
import type { LiveRun } from '../../src/core/run/state.ts'
import { defaultSettings, type Settings } from '../../src/core/settings.ts'
import { jobStartsFor } from '../../src/core/slots/slot-requests.ts'
import { RUN } from './slots.ts'

export const BASE = 'b'.repeat(40)
export const TRUNK = 'e'.repeat(40)
export const WORKFLOW_RUN = 1

export const settingsFor = (slots: number, pushesPerMinute: number): Settings => ({
  ...defaultSettings,
  slots: { ...defaultSettings.slots, start: slots, cap: slots },
  limits: { ...defaultSettings.limits, pushes_per_minute: pushesPerMinute, tasks: 500 },
})

export const askedFor = (at: string): RunEvent => ({
  type: 'plan_requested',
  at,
  by: 'asker',
  run: RUN,
  issue: 42,
  title: 'An issue',
  body: '',
  words: '',
})

/** The events of a plan that a person approves at once, and what the command starts then. */
export function approvedAt(
  plan: Plan,
  settings: Settings,
  at: string,
  trunk = TRUNK,
): { state: LiveRun; events: RunEvent[] } {
  const planId = planIdOf({ plan, base: BASE, settingsBlob: '', settings })
  const proposal = { plan, planId, base: BASE, baseBranch: 'main', settings, settingsBlob: '', trunk, notes: [] }
  const approved = replay([
    askedFor(at),
    { type: 'plan_proposed', at, by: 'tributary', ...proposal },
    { type: 'plan_approved', at, by: 'admin', planId, only: null },
  ])
  const { events } = jobStartsFor(approved, true, WORKFLOW_RUN, at, 'admin')
  return { state: live(replayOn(approved, events)), events }
}

export function live(state: ReturnType<typeof replay>): LiveRun {
  if (state.phase === 'empty') throw new Error('the run has not begun')
  return state
}
