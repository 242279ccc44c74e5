import type { Plan } from '../core/plan.ts'
import { ASSUMED_MINUTES, predict } from '../core/predict.ts'
import type { Settings } from '../core/settings.ts'
import { code } from './code.ts'
import { count, duration } from './words.ts'

const minutes = (number: number): string => duration(number * 60)

/** Below this, several agents cost more than the time that they save. */
const WORTH = 1.2
const NAMED = 25

/** What can be known of a plan before it runs. The minutes are assumptions, and it says so. */
export function numbers(plan: Plan, { slots }: Settings): string[] {
  const some = predict(plan, slots.start)
  const most = predict(plan, slots.cap)
  const gain = some.makespanMinutes === 0 ? 1 : some.oneAgentMinutes / some.makespanMinutes
  const gates = plan.tasks.filter((task) => task.kind === 'gate').length
  return [
    `- ${count(plan.tasks.length, 'task')}${gates === 0 ? '' : `, ${count(gates, 'gate')} among them`}; at most ${some.width} at work at once`,
    `- Critical path: ${path(some.criticalPath)}, ${minutes(some.criticalPathMinutes)}`,
    `- Work of all tasks together: ${minutes(some.workMinutes)}`,
    `- Predicted time: ${minutes(some.makespanMinutes)} with ${count(slots.start, 'slot')}${
      slots.cap > slots.start ? `, ${minutes(most.makespanMinutes)} with ${slots.cap}` : ''
    }, ${minutes(some.oneAgentMinutes)} one after another: ${gain.toFixed(1)} times as fast`,
    ...(gain < WORTH && plan.tasks.length > 1
      ? ['- Working in parallel gains little here: one task would do as well.']
      : []),
    `- Cost: none (no model)`,
    '',
    `The times assume ${ASSUMED_MINUTES.small} minutes for a small task, ${ASSUMED_MINUTES.medium} for a medium and ${ASSUMED_MINUTES.large} for a large one, and nothing for a person at a gate.`,
  ]
}

const path = (ids: readonly string[]): string =>
  ids.length <= NAMED
    ? ids.map(code).join(' → ')
    : `${ids
        .slice(0, NAMED - 1)
        .map(code)
        .join(' → ')} → … → ${ids.slice(-1).map(code).join('')} (${ids.length} tasks)`
