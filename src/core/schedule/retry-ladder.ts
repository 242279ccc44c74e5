import type { TaskFailure } from '../failure.ts'
import type { TaskId } from '../ids.ts'
import { isUnderfunded } from '../money/allowance.ts'
import { isAgentTask, type Task, type Tier } from '../plan/plan.ts'
import { recordOf, type TaskRecord, taskOf, type Work } from '../run/state.ts'

/*
 * The retry policy. Figures of the upper rows stand where the failure is seen; those from `stage of the planner` on are
 * constants of this file.
 *
 * layer                  | what is retried                        | how often                | pause                          | enforced in
 * ---------------------- | -------------------------------------- | ------------------------ | ------------------------------ | -----------
 * HTTP request, GitHub   | a read, a repeatable write, what was   | 5 repeats                | 1, 2, 4, 8, 16 s; at a limit   | adapters/github/client.ts
 *                        | not sent, what a rate limit refused    |                          | as asked, or 60 s doubled;     |   byTheRules
 *                        |                                        |                          | gives up above 900 s           |
 * silence of the model   | ends a try that sends no byte          | once a try               | after 240 s before the answer, | adapters/anthropic/model.ts
 *                        |                                        |                          | 90 s within it                 |   SILENCE
 * try of a model call    | overload, lost connection, silence     | 6 tries (MOST_TRIES)     | 2, 6, 18, 54, 120 s less up to | adapters/anthropic/model-error.ts
 *                        |                                        |                          | half; Retry-After up to 120 s  |   pauseAfter
 *                        | a refused credential, once renewed     | once                     | none                           | adapters/anthropic/model.ts
 * smaller call           | a call whose next try the budget cannot| while 1,024 tokens of an | none                           | agent/loop/metered-model.ts
 *                        | pay for in full, with fewer tokens     | answer can be paid for   |                                |   LEAST_ANSWER
 * schema                 | an answer that does not fit its schema | once (RETRIES)           | none                           | agent/planner/structured-answer.ts
 * cut off                | a turn that reached its token limit    | once in a row            | none                           | agent/loop/turn.ts
 *                        |                                        | (MOST_CUT_OFF)           |                                |
 * no tool call           | a turn without a call, before `finish` | twice in a row           | none                           | agent/loop/turn.ts
 *                        |                                        | (MOST_SILENT)            |                                |
 * upload of a result     | any failure                            | 6 tries (TRIES)          | 2, 4, 8, 16, 32 s              | jobs/work/upload-result.ts
 * look at the journal    | any failure, by a slot                 | 20 in a row (MOST_MISSES)| a poll, doubled up to 60 s     | jobs/work/journal-view.ts
 * append to the journal  | a lost race, by a command              | 10 tries (TRIES)         | none                           | jobs/until-appended.ts
 * stage of the planner   | a stage that failed                    | 3 tries (STAGE_TRIES)    | the next wake-up               | core/schedule/planning-stages.ts
 *                        | a design that the critique sent back   | once (DESIGNS)           | none                           |
 * lost slot              | a task whose slot ended                | 3 slots (LOST_SLOTS)     | none                           | core/schedule/slot-jobs.ts
 * conflict               | a task whose work cannot be merged     | twice (CONFLICT_RETRIES) | none                           | core/schedule/conflict.ts
 * orchestrator           | one that died: 4 deaths in a row pause  | 3 (CRASHES), then 4 more | none                           | core/schedule/recovery.ts
 *                        | the run, 8 end the restarts            |                          |                                |
 * attempt, program       | a failure that may be chance           | once (PROGRAM_RETRIES)   | none                           | afterFailure
 * attempt, agent         | any but HOPELESS ones, and not the same| once                     | none                           | nextRung
 *                        | failure twice in a row                 |                          |                                |
 * stronger model         | the second failure                     | once                     | none                           | nextRung, modelTierOf
 * re-plan                | the next failure: this part of the plan| 2 a task, 3 a run        | none                           | nextRung
 * person                 | all of the above, by `/retry`          | as often as a person asks| none                           | core/run/evolve-task.ts
 */

/** Tries of one stage of the planner. A try that was short of money, or whose process died, does not count. */
export const STAGE_TRIES = 3
/** Designs of one version of the plan: the first, and one that takes in the critique. */
export const DESIGNS = 2
/** Slots lost since a person last looked after which a task fails. */
export const LOST_SLOTS = 3
/** Automatic runs of a task on a merged base since a person last looked. */
export const CONFLICT_RETRIES = 2
/** Deaths of orchestrators in a row, without progress, after which the run is paused. */
export const CRASHES = 4
/** Attempts at a task with a program, after the first. */
const PROGRAM_RETRIES = 1
/** Failures of an agent after which its next attempt gets a stronger model. */
const FAILURES_OF_A_TIER = 2
const REPLANS_OF_A_TASK = 2
const REPLANS_OF_A_RUN = 3

const STRONGER: Readonly<Record<Tier, Tier>> = { cheap: 'default', default: 'strong', strong: 'strong' }

/** The tier of the attempt that the record has open: the plan's; from the third try after a person last looked on, a stronger one. */
export const modelTierOf = (task: Task, { failures }: Pick<TaskRecord, 'failures'>): Tier =>
  failures >= FAILURES_OF_A_TIER ? STRONGER[task.model_tier] : task.model_tier

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

/** What follows a failed attempt. `final`: no further attempt; then the planner has this part (`replan`), or a person. */
interface AfterFailure {
  final: boolean
  replan: boolean
}

/** `canReplan`: the run has a planner. An attempt that failed for want of money counts for nothing: it has another. */
export function afterFailure(work: Work, id: TaskId, failure: TaskFailure, canReplan: boolean): AfterFailure {
  const task = taskOf(work, id)
  const record = recordOf(work, id)
  if (isUnderfunded(failure, work.settings)) return { final: false, replan: false }
  if (!isAgentTask(task)) return { final: isFinal(failure, record.failures), replan: false }
  const rung = nextRung(task, record, failure, work.amendments.filter(({ cause }) => cause === 'replan').length)
  return { final: rung === 'replan' || rung === 'person', replan: rung === 'replan' && canReplan }
}

/** Failures that a second run of the same program may not meet; any other goes to a person at once. */
const WORTH_A_RETRY: readonly TaskFailure['reason'][] = [
  'program-failed',
  'acceptance-failed',
  'acceptance-changed-files',
  'timed-out',
  'result-unreadable',
]

/** Whether a failure ends the automatic attempts of a program. */
export const isFinal = (failure: TaskFailure, failuresBefore: number): boolean =>
  failuresBefore >= PROGRAM_RETRIES || !WORTH_A_RETRY.includes(failure.reason)

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
