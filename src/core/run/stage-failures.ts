import { z } from 'zod'
import { parseMoneyKey, stageId } from '../money/money-key.ts'
import { ownOf } from '../own.ts'
import type { EventOf } from './event.ts'
import type { ChangingEvent } from './folds.ts'

/** Failures of the planner's stages since their last success, by stage (`design`, `expand:t3`). */
export const stageFailuresSchema = z.record(
  z.string(),
  z.strictObject({
    /** Failed tries, without those that only had too little money. */
    tries: z.int(),
    why: z.string(),
    /** US dollars that the last try had, if they were too few. */
    short: z.number().nullable(),
  }),
)
export type StageFailures = z.infer<typeof stageFailuresSchema>

/** More than any ladder has. */
const ALL_TRIES = 1000
const WHOLE_PLAN = ['explore', 'design', 'critique'] as const

/** A stage that has succeeded, or whose input a person has changed, starts without failures again. */
export function evolveStageFailures(failures: StageFailures, event: ChangingEvent<'setbacks'>): StageFailures {
  switch (event.type) {
    case 'stage_failed':
      return failed(failures, event)
    case 'explored':
      return without(failures, 'explore')
    case 'questions_asked':
    case 'questions_answered':
    case 'plan_drafted':
      return without(failures, 'design')
    case 'plan_judged':
      return without(failures, 'critique')
    case 'revision_requested':
    case 'plan_proposed':
      return without(failures, ...WHOLE_PLAN)
    case 'task_scoped':
      return without(failures, stageId('scope', event.task))
    case 'task_reviewed':
      return without(failures, stageId('review', event.task))
    case 'plan_amended':
      return without(failures, stageId(event.cause, event.of))
    case 'task_retried':
      return without(failures, ...(['scope', 'expand', 'replan'] as const).map((name) => stageId(name, event.task)))
    case 'change_described':
      return without(failures, 'synthesis')
  }
}

function failed(failures: StageFailures, { stage, why, short, lost, final }: EventOf<'stage_failed'>): StageFailures {
  if (lost === true) return failures
  const use = parseMoneyKey(stage)
  const id = use?.of === 'stage' ? stageId(use.name, use.task) : stage
  const tries = ownOf(failures, id)?.tries ?? 0
  const counted = final === true ? ALL_TRIES : short === undefined ? tries + 1 : tries
  return { ...failures, [id]: { tries: counted, why, short: short ?? null } }
}

const without = (failures: StageFailures, ...stages: readonly string[]): StageFailures =>
  Object.fromEntries(Object.entries(failures).filter(([id]) => !stages.includes(id)))
