import type { TaskFailure } from './failure.ts'
import { withoutIncidentals } from './incidental.ts'
import type { Task } from './plan.ts'
import type { Settings } from './settings.ts'
import type { TaskRecord } from './state.ts'

export type Tier = Task['model_tier']

const STRONGER: Readonly<Record<Tier, Tier>> = { cheap: 'default', default: 'strong', strong: 'strong' }

/** An agent works on it: it has no program of its own, and it is not one that only checks, waits or plans. */
export const isAgentTask = ({ run, kind }: Task): boolean => run.length === 0 && (kind === 'code' || kind === 'resolve')

/** The tier of the attempt that the record has open: the plan's; from the third try after a person last looked on, a stronger one. */
export const tierOf = (task: Task, { failures }: Pick<TaskRecord, 'failures'>): Tier =>
  failures >= 2 ? STRONGER[task.model_tier] : task.model_tier

export const modelFor = (tier: Tier, { worker_model }: Settings): string => worker_model[tier]

/** What follows a failed attempt of an agent: a fresh one with a digest, a stronger model, a new plan of this part, a person. */
export type NextRung = 'again' | 'stronger' | 'replan' | 'person'

/** Failures that no other attempt would mend. */
const HOPELESS: readonly TaskFailure['reason'][] = [
  'protected-paths',
  'forbidden-mode',
  'secret-in-diff',
  'sandbox-unavailable',
  'not-approved',
  'model-failed',
]
const REPLANS_OF_A_TASK = 2
const REPLANS_OF_A_RUN = 3

/** The same failure twice in a row ends the ladder: whatever is tried next would meet it again. */
export function nextRung(
  task: Task,
  record: Pick<TaskRecord, 'failures' | 'attempts' | 'replans'>,
  failure: TaskFailure,
  replansOfRun: number,
): NextRung {
  if (HOPELESS.includes(failure.reason) || isSameAsBefore(record, failure)) return 'person'
  if (record.failures === 0) return 'again'
  if (record.failures === 1 && STRONGER[task.model_tier] !== task.model_tier) return 'stronger'
  const mayReplan = record.replans < REPLANS_OF_A_TASK && replansOfRun < REPLANS_OF_A_RUN
  return mayReplan ? 'replan' : 'person'
}

/** The attempt before this one, which the record still has open, failed with the very same words. */
function isSameAsBefore({ attempts }: Pick<TaskRecord, 'attempts'>, failure: TaskFailure): boolean {
  const before = attempts.filter(({ outcome }) => outcome === 'failed').at(-1)?.failure
  return before != null && !isLimit(failure) && isSameFailure(before, failure)
}

/** The attempt reached an end of what it was given. That says nothing of the work: a stronger model may need less, a new plan ask less. */
const isLimit = (failure: TaskFailure): boolean =>
  failure.reason === 'timed-out' ||
  failure.reason === 'allowance-spent' ||
  (failure.reason === 'agent-stopped' && failure.why === 'turns')

/** Whether both say the same, but for what differs from run to run. Counts do not: three failed tests, then one, are progress. */
export const isSameFailure = (one: TaskFailure, other: TaskFailure): boolean => fingerprint(one) === fingerprint(other)

const fingerprint = (failure: TaskFailure): string =>
  JSON.stringify(failure, (_, value: unknown) => (typeof value === 'string' ? withoutIncidentals(value) : value))
