import type { EventOf, RunEvent } from './event.ts'

/** A part of the state that has its own fold. */
export type StatePart = 'run' | 'planning' | 'ledger' | 'setbacks' | 'work' | 'task'

/**
 * The parts of the state that each event changes. An event without an entry does not compile, nor does a fold that does not
 * handle one of its events.
 */
export const FOLDS = {
  // Creates the state that all others change.
  plan_requested: [],
  planning_begun: ['planning', 'ledger'],
  money_reserved: ['run', 'planning', 'ledger'],
  money_settled: ['ledger'],
  stage_failed: ['run', 'ledger', 'setbacks'],
  budget_set: ['ledger'],
  explored: ['planning', 'setbacks'],
  questions_asked: ['planning', 'setbacks'],
  questions_answered: ['planning', 'setbacks'],
  revision_requested: ['planning', 'setbacks'],
  gate_switched_off: ['run', 'planning'],
  plan_begun: ['run'],
  task_planned: ['planning', 'work'],
  plan_command_started: ['planning'],
  plan_command_failed: ['planning'],
  plan_drafted: ['planning', 'setbacks'],
  plan_judged: ['planning', 'setbacks'],
  plan_amended: ['work', 'setbacks'],
  task_scoped: ['work', 'setbacks'],
  task_steered: ['task'],
  change_described: ['work', 'setbacks'],
  plan_refused: ['run'],
  plan_proposed: ['run', 'planning', 'ledger', 'setbacks'],
  plan_approved: ['run'],
  plan_rejected: ['run'],
  baseline_started: ['work'],
  baseline_taken: ['work'],
  baseline_given_up: ['work'],
  orchestrator_requested: ['run'],
  orchestrator_started: ['run'],
  orchestrator_left: ['run'],
  orchestrator_failed: ['run'],
  orchestrator_lost: ['run'],
  slots_requested: ['run'],
  slots_started: ['run'],
  slots_gone: ['run'],
  task_queued: ['task'],
  task_started: ['task', 'ledger'],
  task_returned: ['task', 'ledger'],
  task_verified: ['task', 'ledger'],
  task_reviewed: ['task', 'setbacks'],
  task_adapted: ['task'],
  task_landed: ['task'],
  task_failed: ['task', 'ledger'],
  task_conflicted: ['task'],
  task_retried: ['task', 'setbacks'],
  task_skipped: ['task', 'ledger'],
  task_cancelled: ['task', 'ledger'],
  gate_approved: ['task'],
  trunk_moved: ['work'],
  trunk_adopted: ['work'],
  worker_pull_closed: ['task'],
  worker_pull_reopened: ['task'],
  workflows_followed: ['work'],
  verification_queued: ['work'],
  verification_started: ['work'],
  verification_returned: ['work'],
  verification_passed: ['work'],
  verification_failed: ['work'],
  verification_retried: ['work'],
  culprit_found: ['work'],
  base_moved: ['work'],
  run_paused: ['run'],
  run_resumed: ['run'],
  run_cancelled: ['run'],
  run_finished: ['run'],
  run_reopened: ['run'],
  run_closed: ['run'],
  pull_refused: ['run'],
  limit_reached: ['run'],
  limit_passed: ['run'],
  model_busy: ['run'],
  model_answered: ['run'],
  base_renamed: ['work'],
  platform_refused: ['run'],
  projected: ['run'],
} as const satisfies Readonly<Record<RunEvent['type'], readonly StatePart[]>>

type TypesOf<Of extends StatePart> = {
  [Type in RunEvent['type']]: Of extends (typeof FOLDS)[Type][number] ? Type : never
}[RunEvent['type']]

/** The events that change a part. */
export type ChangingEvent<Of extends StatePart> = EventOf<TypesOf<Of>>

export const changes = <Of extends StatePart>(event: RunEvent, part: Of): event is ChangingEvent<Of> =>
  (FOLDS[event.type] as readonly StatePart[]).includes(part)
