import type { TaskFailure } from '../failure.ts'
import type { TaskId } from '../ids.ts'
import { isUnderfunded } from '../money/allowance.ts'
import { isAgentTask, type Task, type Tier } from '../plan/plan.ts'
import { recordOf, taskOf } from '../run/lookup.ts'
import type { TaskRecord } from '../run/task-record.ts'
import type { Work } from '../run/work.ts'
import { isBusyTooLong } from './parked.ts'

/*
 * The retry policy, from the innermost layer to the outermost. A layer that gives up is one failure of the layer below it
 * in this table. A test compares each `NAME = value` with the constant in the file of its row.
 *
 * layer                 | what is retried, and how often                                                  | file
 * --------------------- | ------------------------------------------------------------------------------- | ----
 * request to GitHub     | what may be repeated, REPEATS = 5: after 1, 2, 4, 8, 16 s; at a rate limit as   | adapters/github/client.ts
 *                       | asked or 60 s doubled, not if that is over LONGEST_WAIT = 900 s or what the job |
 *                       | waits for (wiring.ts): the orchestrator goes on with what needs no API          |
 * read from git remote  | an error that may pass, TRIES = 4: after 0.5, 1, 2 s                            | adapters/git/remote/remote.ts
 * push                  | an unclear answer, after a look at the refs, TRIES = 8: from 0.25 s, doubled    | adapters/git/remote/push.ts
 * dispatch              | an unclear answer, after a search for the workflow run, TRIES = 3               | adapters/github/workflow-runs.ts
 * reply                 | an unclear answer, after a search for the comment, TRIES = 3                    | adapters/github/comments.ts
 * download of a result  | a failed transfer, from a new address, TRIES = 4: after 1, 2, 4 s               | adapters/github/artifact.ts
 * upload of a result    | any failure for RETRY_SECONDS = 900 s: after 2, 4, 8, 16, 32, then 60 s;      | jobs/work/upload-result.ts
 *                       | from SMALLER_FROM = 3 on a smaller one. A storage that refuses: REFUSALS = 3;   |
 *                       | then the log of the job takes the result, and the slot ends                     |
 * log of an ended job   | one that is not there yet, LOOKS = 3, one at each wake-up                       | jobs/orchestrate/slots/job-endings.ts
 * slots without work    | a request all of whose slots failed in the set-up: once more if slots have      | core/slots/slot-jobs.ts
 *                       | worked before, then the run pauses                                              |
 * silence of the model  | ends a try: `start: 240` s before the answer, `stream: 90` s within it          | adapters/anthropic/model.ts
 * call of the model     | overload, 408, 409, 5xx, lost connection, silence, MOST_TRIES = 6: FIRST = 2 s, | adapters/anthropic/model-error.ts
 *                       | times FACTOR = 3, at most LONGEST = 120 s, less up to half; `retry-after` counts |
 * overload              | the same pauses go on in a slot for SLOT_WAIT = 600 s, which do not count       | here
 *                       | as time of the task; in a stage of the planner for as long as below             |
 * parked task           | any number of times, after PARKED = 120 s to twice that, from its kept tree; it | core/schedule/parked.ts
 *                       | counts for nothing; a person is told after BUSY_MINUTES = 60 without an answer  |
 * smaller call          | a call that the budget cannot pay for, with fewer tokens: LEAST_ANSWER = 1024   | agent/loop/metered-model.ts
 * schema                | an answer that does not fit its schema, RETRIES = 1                             | agent/planner/structured-answer.ts
 * turn that was cut off | MOST_CUT_OFF = 1 in a row                                                       | agent/loop/turn.ts
 * turn without a call   | MOST_WITHOUT_CALLS = 2 in a row                                                 | agent/loop/turn.ts
 * read of the journal   | by a slot, any failure, MOST_MISSES = 20 in a row: a poll, doubled up to 60 s   | jobs/work/journal-view.ts
 * append to the journal | a lost race, TRIES = 10; by the running orchestrator, without a limit           | jobs/until-appended.ts
 * stage of the planner  | STAGE_TRIES = 3, DESIGNS = 2 a version: at the next wake-up                     | here
 * review of a result    | REVIEW_TRIES = 1, and a busy model is waited for REVIEW_WAIT = 120 s; then     | here
 *                       | the task lands without; BUSY_MINUTES if its promise is broken or all are       |
 *                       | reviewed. It sends a task back once, until a person looks                      |
 * acceptance            | once more on the same tree if cheap, RERUN_SHARE = 0.05 of the task's time      | here
 * verification          | a failed one, once on the same tree before it counts                            | core/slots/result-events.ts
 * lost slot             | the task, from its last checkpoint, or the verification, on another slot; at    | here
 *                       | LOST_SLOTS = 3 it fails                                                         |
 * conflict              | CONFLICT_RETRIES = 2 on the merged base                                         | here
 * orchestrator          | CRASHES = 4 in a row pause the run, twice as many end the restarts              | here
 * attempt without money | any number of times, and it counts for nothing                                  | here
 * attempt of a program  | a failure that may be chance, PROGRAM_RETRIES = 1                               | here
 * attempt of an agent   | once with the same model, unless HOPELESS or the same failure again             | here
 * stronger model        | once, after FAILURES_OF_A_TIER = 2, if there is one                             | here
 * new plan of this part | REPLANS_OF_A_TASK = 2, REPLANS_OF_A_RUN = 3                                     | here
 * person                | `/retry`, as often as a person asks; it starts the ladder again                 | core/run/evolve-task.ts
 */

/** Tries of one stage of the planner. A try that was short of money, or whose process died, does not count. */
export const STAGE_TRIES = 3
/** A review is worth no more: the acceptance has passed, and others wait. */
export const REVIEW_TRIES = 1
/** In seconds; of a review that must not hold up others. */
export const REVIEW_WAIT = 120
/** In seconds; of a call in a slot, for a model that is busy. */
export const SLOT_WAIT = 600
/** Share of an attempt's time up to which a check that failed runs again: most failures are no chance, and each costs this. */
export const RERUN_SHARE = 0.05
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

/** Failures that no further attempt can fix. */
const HOPELESS: readonly TaskFailure['reason'][] = [
  'protected-paths',
  'forbidden-mode',
  'lfs-object',
  'secret-in-diff',
  'sandbox-unavailable',
  'not-approved',
  'model-failed',
  'push-refused',
  'not-handed-over',
  'passes-already',
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
  if (failure.reason === 'model-busy') return { final: isBusyTooLong(failure, record), replan: false }
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
  if (record.failures === FAILURES_OF_A_TIER - 1 && STRONGER[task.model_tier] !== task.model_tier) return 'stronger'
  const mayReplan = record.replans < REPLANS_OF_A_TASK && replansOfRun < REPLANS_OF_A_RUN
  return mayReplan ? 'replan' : 'person'
}

/** The attempt before this one, which the record still has open, failed with the very same words. */
function isSameAsBefore({ attempts }: Pick<TaskRecord, 'attempts'>, failure: TaskFailure): boolean {
  const before = attempts.findLast((one) => one.outcome === 'failed' && one.failure?.reason !== 'model-busy')?.failure
  return before != null && !isLimit(failure) && isSameFailure(before, failure)
}

/** The attempt reached an end of what it was given. That says nothing of the work: a stronger model may need less, a new plan ask less. */
const isLimit = (failure: TaskFailure): boolean =>
  failure.reason === 'timed-out' ||
  failure.reason === 'allowance-spent' ||
  (failure.reason === 'agent-stopped' && (failure.why === 'turns' || failure.why === 'truncated'))

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
