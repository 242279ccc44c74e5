import type { Plan } from '../../core/plan/plan.ts'
import { planIdOf } from '../../core/plan/plan-id.ts'
import { replay } from '../../core/run/evolve.ts'
import type { Settings } from '../../core/settings.ts'
import { planCanBeShown } from '../../render/plan/plan-comment.ts'
import { isPlanned } from '../../render/plan/planned-run.ts'

/** What is not known before there is an issue; of the length that it will have. */
const SHA = '0'.repeat(40)
const AT = '2026-01-01T00:00:00.000Z'

/** Whether a comment could show the plan, as `/plan` would ask: what no comment can hold, no person can approve. */
export function canBeProposed(plan: Plan, settings: Settings, notes: readonly string[]): boolean {
  const planId = planIdOf({ plan, base: SHA, settingsBlob: SHA, settings })
  const state = replay([
    {
      type: 'plan_requested',
      at: AT,
      by: 'somebody',
      key: 'comment:1',
      run: '1',
      issue: 1,
      title: plan.title,
      body: '',
      words: '',
    },
    {
      type: 'plan_proposed',
      at: AT,
      by: 'tributary',
      plan,
      planId,
      settings,
      notes: [...notes],
      mode: settings.mode,
      base: SHA,
      baseBranch: 'main',
      settingsBlob: SHA,
      trunk: SHA,
    },
  ])
  return state.phase !== 'empty' && isPlanned(state) && planCanBeShown(state)
}
