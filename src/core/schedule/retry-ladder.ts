import type { TaskFailure } from '../failure.ts'
import type { Task, Tier } from '../plan/plan.ts'
import type { TaskRecord } from '../run/state.ts'

const STRONGER: Readonly<Record<Tier, Tier>> = { cheap: 'default', default: 'strong', strong: 'strong' }

/** The tier of the attempt that the record has open: the plan's; from the third try after a person last looked on, a stronger one. */
export const modelTierOf = (task: Task, { failures }: Pick<TaskRecord, 'failures'>): Tier =>
  failures >= 2 ? STRONGER[task.model_tier] : task.model_tier

/** What follows a failed attempt of an agent: a fresh one with a digest, a stronger model, a new plan of this part, a person. */
type NextRung = 'again' | 'stronger' | 'replan' | 'person'

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

const MONTHS = '(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}'
const UNITS = '(?:ns|[µμu]s|ms|s|secs?|seconds?|mins?|minutes?|hours?)'

/** What a program prints differently each time that it runs, and what stands for it in a comparison. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?!\d)/g, '<date>'],
  [/(?<![\w:])\d{1,2}:\d\d:\d\d(?:[.,]\d+)?(?![\w:])/g, '<time>'],
  [new RegExp(`\\b${MONTHS} {1,2}\\d{1,2}\\b(?:,? \\d{4})?|\\b\\d{1,2} ${MONTHS} \\d{4}\\b`, 'gi'), '<date>'],
  // Since 1970, of our days: seconds, and thousandths of them, down to the billionth.
  [/\b1[6-9]\d{8}(?:\d{3}){0,3}\b/g, '<time>'],
  [new RegExp(`(?<![\\w.])\\d+(?:\\.\\d+)? ?${UNITS}\\b|(?<![\\w.])\\d+(?:\\.\\d+)?[mh]\\b`, 'g'), '<duration>'],
  [/\b(duration|elapsed)(_ms|_s)?(["']?[ :=]{1,3})\d+(?:\.\d+)?/gi, '$1$3<duration>'],
  [/\b(pid[ :=]{1,3})\d+\b|\(node:\d+\)|==\d+==/gi, '$1<pid>'],
  [/\b0x[0-9a-f]{6,16}\b|@(?=[a-f]*\d)[0-9a-f]{6,16}\b/gi, '<address>'],
  [/\b(localhost|\d{1,3}(?:\.\d{1,3}){3}):\d{2,5}\b|(\[::1?\]|::):\d{2,5}\b/g, '$1$2:<port>'],
  [/\b(port[ :=]{1,3})\d{2,5}\b/gi, '$1<port>'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '<name>'],
  // The last name of a path may say which file it is; the folders on the way there are made for one run.
  [
    /(?:(?<![\w.-])(?:\/var)?\/tmp|(?<=\/)_temp)\/[^\s/'"`:;,()<>]+(?:(?:\/[^\s/'"`:;,()<>]+)*(\/[^\s/'"`:;,()<>]+))?\/?/g,
    '<temp>$1',
  ],
]

/** Text of a program without times, durations, processes, addresses and temporary names; all other numbers stay. */
const withoutIncidentals = (text: string): string =>
  FORMS.reduce((left, [form, instead]) => left.replace(form, instead), text)
