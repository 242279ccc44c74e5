import { z } from 'zod'
import { parseMoneyKey, stageId } from '../money/money-key.ts'
import type { EventOf } from './event.ts'
import type { ChangingEvent } from './folds.ts'

/** What stages of the planner have met since they last came to something, by stage (`design`, `expand:t3`). */
export const stageFailuresSchema = z.record(
  z.string(),
  z.strictObject({
    /** Tries that came to nothing, those that only ran short of money not among them. */
    tries: z.int(),
    why: z.string(),
    /** US dollars that the last try had, where they were too few. */
    short: z.number().nullable(),
  }),
)
export type StageFailures = z.infer<typeof stageFailuresSchema>

const WHOLE_PLAN = ['explore', 'design', 'critique'] as const

/** A stage that came to something, or whose basis a person has changed, begins from nothing again. */
export function evolveStageFailures(setbacks: StageFailures, event: ChangingEvent<'setbacks'>): StageFailures {
  switch (event.type) {
    case 'stage_failed':
      return failed(setbacks, event)
    case 'explored':
      return without(setbacks, 'explore')
    case 'questions_asked':
    case 'questions_answered':
    case 'plan_drafted':
      return without(setbacks, 'design')
    case 'plan_judged':
      return without(setbacks, 'critique')
    case 'revision_requested':
    case 'plan_proposed':
      return without(setbacks, ...WHOLE_PLAN)
    case 'task_scoped':
      return without(setbacks, stageId('scope', event.task))
    case 'plan_amended':
      return without(setbacks, stageId(event.cause, event.of))
    case 'task_retried':
      return without(setbacks, ...(['scope', 'expand', 'replan'] as const).map((name) => stageId(name, event.task)))
    case 'change_described':
      return without(setbacks, 'synthesis')
  }
}

function failed(setbacks: StageFailures, { stage, why, short, lost }: EventOf<'stage_failed'>): StageFailures {
  if (lost === true) return setbacks
  const use = parseMoneyKey(stage)
  const id = use?.of === 'stage' ? stageId(use.name, use.task) : stage
  const tries = setbacks[id]?.tries ?? 0
  return { ...setbacks, [id]: { tries: short === undefined ? tries + 1 : tries, why, short: short ?? null } }
}

const without = (setbacks: StageFailures, ...stages: readonly string[]): StageFailures =>
  Object.fromEntries(Object.entries(setbacks).filter(([id]) => !stages.includes(id)))
