import { z } from 'zod'
import { problemSchema, taskFailureSchema } from '../failure.ts'
import { runIdSchema, type Sha, shaSchema, type TaskId, taskIdSchema } from '../ids.ts'
import { ledgerSchema } from '../money/ledger.ts'
import { forecastSchema } from '../money/measurements.ts'
import { ownOf } from '../own.ts'
import { planSchema, type Task, taskSchema } from '../plan/plan.ts'
import { explorationSchema, modeSchema, planningSchema, planOptionsSchema } from '../plan/planning.ts'
import { defaultSettings, type Settings, settingsSchema } from '../settings.ts'
import { baselineSchema } from './baseline.ts'
import { movedBranchSchema, refusableSchema, reportSchema, runEventSchema, slotFailureSchema } from './event.ts'
import { stepsSchema } from './hand-off.ts'
import { adaptationSchema, reviewReasonSchema, reviewSchema } from './review.ts'
import { stageFailuresSchema } from './stage-failures.ts'

/** The state of a task. `pending`: its needs have not landed, or its next base has not been made yet. */
export const taskStateSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('pending') }),
  z.strictObject({ status: z.literal('queued'), attempt: z.int(), base: shaSchema, since: z.string() }),
  z.strictObject({ status: z.literal('waiting'), attempt: z.int(), base: shaSchema, since: z.string() }),
  z.strictObject({
    status: z.literal('in_progress'),
    attempt: z.int(),
    base: shaSchema,
    slot: z.string(),
    since: z.string(),
  }),
  z.strictObject({
    status: z.literal('verified'),
    attempt: z.int(),
    base: shaSchema,
    head: shaSchema,
    report: reportSchema,
    since: z.string(),
    /** A model has to review it first, for these reasons. */
    review: z.array(reviewReasonSchema).optional(),
  }),
  z.strictObject({
    status: z.literal('landed'),
    attempt: z.int(),
    base: shaSchema,
    head: shaSchema,
    /** Null for a gate, which a person has opened. */
    report: reportSchema.nullable(),
    since: z.string(),
  }),
  z.strictObject({
    status: z.literal('failed'),
    attempt: z.int(),
    base: shaSchema.nullable(),
    head: shaSchema.nullable(),
    failure: taskFailureSchema,
    since: z.string(),
  }),
  /** A `plan` task that was replaced by its tasks; it has no commits. */
  z.strictObject({ status: z.literal('expanded'), into: z.array(taskIdSchema), since: z.string() }),
  z.strictObject({ status: z.literal('skipped'), base: shaSchema.nullable(), since: z.string() }),
  z.strictObject({ status: z.literal('cancelled'), base: shaSchema.nullable(), since: z.string() }),
])
export type TaskState = z.infer<typeof taskStateSchema>
export type TaskStatus = TaskState['status']

/** One attempt, also for the timeline. */
export const attemptRecordSchema = z.strictObject({
  attempt: z.int(),
  base: shaSchema,
  queuedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  slot: z.string().nullable(),
  /** The commit of the attempt's check run: its start commit, then the head that it handed over. */
  head: shaSchema.nullable(),
  outcome: z.enum(['open', 'verified', 'failed', 'conflict', 'returned', 'cancelled', 'skipped']),
  failure: taskFailureSchema.nullable(),
  /** What its agent had done last, if it lost its slot and left a checkpoint. */
  steps: stepsSchema.optional(),
})
export type AttemptRecord = z.infer<typeof attemptRecordSchema>

export const taskRecordSchema = z.strictObject({
  state: taskStateSchema,
  attempts: z.array(attemptRecordSchema),
  /** Failures, conflicts and lost slots since the last `/retry`; they limit automatic retries. */
  failures: z.int(),
  conflicts: z.int(),
  lost: z.int(),
  /** Heads to merge into the next base in addition to the needs', after a conflict. */
  onto: z.array(shaSchema),
  /** Notes of `/retry t3 -- note`. */
  notes: z.array(z.string()),
  /** Words of `/steer t3 -- words`, for the current worker, oldest first. */
  steers: z.array(z.strictObject({ words: z.string(), by: z.string(), at: z.string() })),
  /** How often this part was re-planned after a failure. */
  replans: z.int(),
  /** It failed, and has to be re-planned. */
  replanWanted: z.boolean(),
  /** A person closed its pull request before it landed: it waits for `/skip`, `/approve` or the pull request to be reopened. */
  pullClosed: z.strictObject({ by: z.string(), at: z.string() }).optional(),
  review: reviewSchema.optional(),
  /** A reviewer has sent it back since a person last looked: it does not do so again. */
  sentBack: z.literal(true).optional(),
  /** What reviews of tasks that it needs have changed in its brief, one of each. */
  adapted: z.array(adaptationSchema).optional(),
})
export type TaskRecord = z.infer<typeof taskRecordSchema>

const failedVerificationSchema = z.strictObject({
  status: z.literal('failed'),
  on: shaSchema,
  attempt: z.int(),
  failure: taskFailureSchema,
  since: z.string(),
})

export const verificationSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('queued'), on: shaSchema, attempt: z.int(), since: z.string() }),
  z.strictObject({
    status: z.literal('in_progress'),
    on: shaSchema,
    attempt: z.int(),
    slot: z.string(),
    since: z.string(),
  }),
  z.strictObject({
    status: z.literal('passed'),
    on: shaSchema,
    attempt: z.int(),
    report: reportSchema,
    /** How it failed when it first ran on the same tree. */
    flaky: taskFailureSchema.optional(),
    since: z.string(),
  }),
  failedVerificationSchema,
])
export type Verification = z.infer<typeof verificationSchema>

/** A proposed plan and its progress. */
export const workSchema = z.strictObject({
  /** May have no tasks while it is `open`. */
  plan: planSchema.extend({ tasks: z.array(taskSchema) }),
  /** The plan is still being written, and its tasks stream in. */
  open: z.boolean(),
  mode: modeSchema,
  /** Counted from 1; each `/revise` makes the next. */
  version: z.int(),
  /** The version before this one, to show the difference. */
  previous: z.strictObject({ plan: planSchema.extend({ tasks: z.array(taskSchema) }), planId: z.string() }).nullable(),
  /** Changes of the plan while it was running. */
  amendments: z.array(
    z.strictObject({
      cause: z.enum(['expand', 'replan']),
      of: taskIdSchema,
      added: z.array(taskIdSchema),
      removed: z.array(taskIdSchema),
      within: z.boolean(),
      at: z.string(),
    }),
  ),
  /** Explorations for `plan` tasks, made while their needs ran. */
  scopes: z.record(taskIdSchema, explorationSchema),
  /** The description of the whole change in the final pull request; null until a model has written it. */
  described: z.strictObject({ title: z.string(), body: z.string(), contradictions: z.array(z.string()) }).nullable(),
  planId: z.string(),
  base: shaSchema,
  baseBranch: z.string(),
  settings: settingsSchema,
  settingsBlob: z.string(),
  notes: z.array(z.string()),
  /** What people with write access had said on the issue. */
  comments: z.array(z.string()).optional(),
  /** Of this version; absent before it is begun. One that has not ended is dropped by an approval. */
  baseline: baselineSchema.optional(),
  /** What was predicted when it was proposed. */
  forecast: forecastSchema.optional(),
  proposedAt: z.string(),
  startedAt: z.string().nullable(),
  /** `null` if the whole plan may run, else the tasks that may; empty before the approval. */
  approved: z.array(taskIdSchema).nullable(),
  approvedBy: z.array(z.string()),
  tasks: z.record(taskIdSchema, taskRecordSchema),
  trunk: z.strictObject({
    start: shaSchema,
    tip: shaSchema,
    /** In order of merging. */
    merges: z.array(z.strictObject({ task: taskIdSchema, head: shaSchema, sha: shaSchema, at: z.string() })),
    /** Tips that people made, oldest first; `after`: the number of merges before it. */
    adopted: z.array(z.strictObject({ sha: shaSchema, author: z.string(), at: z.string(), after: z.int() })).optional(),
  }),
  verification: verificationSchema.nullable(),
  /** The last failed verification, of the tip or of an earlier merge: restored as `verification` when the search for a culprit ends. */
  lastFailure: failedVerificationSchema.nullable().default(null),
  /** A verification that failed and runs once more on the same tree. */
  failedOnce: failedVerificationSchema.optional(),
  /** Slots lost during verifications since the last verdict. */
  lostVerifications: z.int().optional(),
  /** Number of verifications so far, which gives each its number. */
  verifications: z.int(),
  /** Verdicts by trunk commit, for the search for a culprit. */
  verdicts: z.record(shaSchema, z.enum(['passed', 'failed'])),
  culprit: z.strictObject({ task: taskIdSchema.nullable(), adopted: shaSchema.optional() }).nullable(),
  /** The commit that has taken over the workflow files of the base branch, if GitHub has asked for that. */
  workflows: z.strictObject({ base: shaSchema, commit: shaSchema }).optional(),
  /** The newest known tip of the base branch, and the plan's paths that have changed there. */
  baseSeen: z.strictObject({ sha: shaSchema, paths: z.array(z.string()), stale: z.boolean() }),
})
export type Work = z.infer<typeof workSchema>

const headerShape = {
  run: runIdSchema,
  issue: z.strictObject({ number: z.int(), title: z.string(), body: z.string() }),
  /** The words after `/plan --`. */
  words: z.string(),
  options: planOptionsSchema,
  /** Null if the plan is handwritten, or planning has not begun. */
  planning: planningSchema.nullable(),
  ledger: ledgerSchema,
  /** Why stages of the planner failed, by key. */
  failedStages: z.record(z.string(), z.string()),
  setbacks: stageFailuresSchema,
  askedBy: z.string(),
  /** Whether that person may approve the plan. */
  askerMayApprove: z.boolean().optional(),
  askedAt: z.string(),
  /** Idempotency keys of external causes. */
  seen: z.array(z.string()),
  orchestrator: z.strictObject({ workflowRun: z.int(), at: z.string(), started: z.boolean() }).nullable(),
  /** Orchestrators lost since the run last made progress. */
  crashes: z.int(),
  /** Why the last one failed, if it could say so. */
  crash: z.string().optional(),
  slots: z.record(
    z.string(),
    z.strictObject({
      count: z.int(),
      workflowRun: z.int().nullable(),
      at: z.string(),
      gone: z.boolean(),
      /** Since a person last resumed the run. */
      failure: slotFailureSchema.optional(),
    }),
  ),
  /** The ids of projections by name: `comment:plan`, `pull:t3`, `check:t3@<sha>`. */
  projected: z.record(z.string(), z.strictObject({ number: z.int(), node: z.string(), digest: z.string() })),
  pullRefused: z.string().nullable(),
  /** When the platform's limit of requests ends. */
  limitedUntil: z.string().nullish(),
  /** Since when the planner waits for the model, and the words of its service. */
  modelBusy: z.strictObject({ since: z.string(), why: z.string() }).nullish(),
  /** The platform's words, by what it refuses. */
  refused: z.partialRecord(refusableSchema, z.string()).optional(),
}

export const conclusionSchema = z.enum(['success', 'cancelled', 'rejected', 'refused', 'merged', 'closed'])
export type Conclusion = z.infer<typeof conclusionSchema>

export const runStateSchema = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('empty') }),
  z.strictObject({ phase: z.literal('requested'), ...headerShape }),
  z.strictObject({ phase: z.literal('proposed'), ...headerShape, work: workSchema }),
  z.strictObject({
    phase: z.literal('active'),
    ...headerShape,
    work: workSchema,
    paused: z
      .strictObject({
        why: z.string(),
        by: z.string(),
        cause: z.enum(['budget', 'refused', 'branches']).nullable(),
        moved: z.array(movedBranchSchema).optional(),
      })
      .nullable(),
  }),
  z.strictObject({
    phase: z.literal('ended'),
    ...headerShape,
    work: workSchema.nullable(),
    conclusion: conclusionSchema,
    why: z.string(),
    problems: z.array(problemSchema),
    endedAt: z.string(),
    /** The head with which the final pull request was closed. */
    head: shaSchema.optional(),
  }),
])
export type RunState = z.infer<typeof runStateSchema>
export type LiveRun = Exclude<RunState, { phase: 'empty' }>
export type ActiveRun = Extract<RunState, { phase: 'active' }>
export type ProposedRun = Extract<RunState, { phase: 'proposed' }>
export type EndedRun = Extract<RunState, { phase: 'ended' }>

export const emptyRun: RunState = { phase: 'empty' }

export const parseState = (text: string): RunState => runStateSchema.parse(JSON.parse(text))
export const parseEvent = (text: string) => runEventSchema.parse(JSON.parse(text))

export const workOf = (state: RunState): Work | null =>
  state.phase === 'proposed' || state.phase === 'active' || state.phase === 'ended' ? state.work : null

/** The run's settings; the defaults before any were read. */
export const settingsOf = (state: LiveRun): Settings =>
  workOf(state)?.settings ?? state.planning?.settings ?? defaultSettings

const places = new WeakMap<Work['plan']['tasks'], ReadonlyMap<TaskId, number>>()

/** The index of a task in the plan; -1 if it is not there. */
export function placeOf({ plan: { tasks } }: Work, id: TaskId): number {
  const known = places.get(tasks) ?? new Map(tasks.map((task, place) => [task.id, place]))
  places.set(tasks, known)
  return known.get(id) ?? -1
}

/** A task of the plan; throws for an unknown id, which is a bug. */
export function taskOf(work: Work, id: TaskId): Task {
  const task = work.plan.tasks[placeOf(work, id)]
  if (task === undefined) throw new Error(`no task ${id} in plan ${work.planId}`)
  return task
}

export function recordOf(work: Work, id: TaskId): TaskRecord {
  const record = ownOf(work.tasks, id)
  if (record === undefined) throw new Error(`no record of task ${id} in plan ${work.planId}`)
  return record
}

export const statusOf = (work: Work, id: TaskId): TaskStatus => recordOf(work, id).state.status

/** Landed, skipped by a person, or expanded into other tasks: its dependants may start. To skip a task opens no gate before it. */
export function isSettled(work: Work, id: TaskId): boolean {
  const status = statusOf(work, id)
  return status === 'landed' || status === 'expanded' || (status === 'skipped' && !isBehindGate(work, id))
}

/** Whether a gate that nobody has opened or skipped is among what the task needs, also through tasks that have not landed. */
function isBehindGate(work: Work, id: TaskId): boolean {
  const before = [...taskOf(work, id).needs]
  const met = new Set(before)
  for (const need of before) {
    const status = statusOf(work, need)
    const { kind, needs } = taskOf(work, need)
    if (kind === 'gate' && status !== 'landed' && status !== 'skipped') return true
    // What has landed came after the gates before it.
    if (status === 'landed') continue
    before.push(...needs.filter((earlier) => !met.has(earlier)))
    for (const earlier of needs) met.add(earlier)
  }
  return false
}

/** The heads of a settled task: its own or, if it was skipped or expanded, those of its needs. */
export function headsOf(work: Work, id: TaskId): Sha[] {
  const { state } = recordOf(work, id)
  if (state.status === 'landed') return [state.head]
  return taskOf(work, id).needs.flatMap((need) => headsOf(work, need))
}

export const isApproved = ({ approved }: Pick<Work, 'approved'>, id: TaskId): boolean =>
  approved === null || approved.includes(id)
