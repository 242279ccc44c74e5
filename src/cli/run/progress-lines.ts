import { spentUsd } from '../../core/money/ledger.ts'
import type { RunEvent } from '../../core/run/event.ts'
import { recordOf } from '../../core/run/lookup.ts'
import { type LiveRun, workOf } from '../../core/run/state.ts'
import { usd } from '../../render/markdown/format.ts'
import { headline } from '../../render/status/headline.ts'
import { eventLine } from '../../render/timeline/event-line.ts'

export type Tone = 'plain' | 'good' | 'bad'

/** The events that a person at a terminal wants to see; the journal has them all. */
const SHOWN: Readonly<Partial<Record<RunEvent['type'], Tone>>> = {
  planning_begun: 'plain',
  explored: 'plain',
  plan_drafted: 'plain',
  plan_judged: 'plain',
  stage_failed: 'bad',
  plan_command_started: 'plain',
  plan_command_failed: 'bad',
  plan_amended: 'plain',
  baseline_given_up: 'plain',
  plan_approved: 'plain',
  task_started: 'plain',
  task_verified: 'plain',
  task_reviewed: 'plain',
  task_landed: 'good',
  task_returned: 'bad',
  task_failed: 'bad',
  task_conflicted: 'bad',
  task_retried: 'plain',
  task_skipped: 'plain',
  task_cancelled: 'plain',
  gate_approved: 'plain',
  verification_started: 'plain',
  verification_passed: 'good',
  verification_failed: 'bad',
  culprit_found: 'bad',
  base_moved: 'plain',
  model_busy: 'bad',
  model_answered: 'plain',
  orchestrator_failed: 'bad',
  run_paused: 'bad',
  run_resumed: 'plain',
  run_cancelled: 'bad',
  run_finished: 'good',
}

/** A line for each event worth one. */
export const progressLines = (events: readonly RunEvent[]): { text: string; tone: Tone }[] =>
  events.flatMap((event) => {
    const tone = SHOWN[event.type]
    return tone === undefined ? [] : [{ text: eventLine(event), tone }]
  })

/** How far it is: counts of tasks, what each slot works on, money. */
export function statusText(run: LiveRun): string {
  const { title, counts } = headline(run)
  const spent = spentUsd(run.ledger)
  const slots = atWork(run)
  return [counts === '' ? title : counts, ...(slots === '' ? [] : [slots]), ...(spent === 0 ? [] : [usd(spent)])].join(
    ', ',
  )
}

function atWork(run: LiveRun): string {
  const work = workOf(run)
  if (work === null) return ''
  return work.plan.tasks
    .flatMap(({ id }) => {
      const { state } = recordOf(work, id)
      return state.status === 'in_progress' ? [`${state.slot}: ${id}`] : []
    })
    .join(' ')
}
