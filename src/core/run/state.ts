import { z } from 'zod'
import { problemSchema, taskFailureSchema } from '../failure.ts'
import { runIdSchema, type Sha, shaSchema, type TaskId, taskIdSchema } from '../ids.ts'
import { ledgerSchema } from '../money/ledger.ts'
import { ownOf } from '../own.ts'
import { planSchema, type Task, taskSchema } from '../plan/plan.ts'
import { explorationSchema, modeSchema, planningSchema, planOptionsSchema } from '../plan/planning.ts'
import { defaultSettings, type Settings, settingsSchema } from '../settings.ts'
import { reportSchema, runEventSchema } from './event.ts'
import { stageFailuresSchema } from './stage-failures.ts'

/** Where a task stands. `pending`: its needs have not landed, or its next base has not been made yet. */
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
  }),
  z.strictObject({
    status: z.literal('landed'),
    attempt: z.int(),
    base: shaSchema,
    head: shaSchema,
    /** Null for a gate: a person opened it. */
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
  /** A `plan` task whose tasks are planned: they stand in its place, it has no commits of its own. */
  z.strictObject({ status: z.literal('expanded'), into: z.array(taskIdSchema), since: z.string() }),
  z.strictObject({ status: z.literal('skipped'), base: shaSchema.nullable(), since: z.string() }),
  z.strictObject({ status: z.literal('cancelled'), base: shaSchema.nullable(), since: z.string() }),
])
export type TaskState = z.infer<typeof taskStateSchema>
export type TaskStatus = TaskState['status']

/** One span of work, for the timeline: who did what when. */
export const attemptRecordSchema = z.strictObject({
  attempt: z.int(),
  base: shaSchema,
  queuedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  slot: z.string().nullable(),
  /** Where the attempt's check stands now: its start commit, then the head that it handed over. */
  head: shaSchema.nullable(),
  outcome: z.enum(['open', 'verified', 'failed', 'conflict', 'returned', 'cancelled', 'skipped']),
  failure: taskFailureSchema.nullable(),
})
export type AttemptRecord = z.infer<typeof attemptRecordSchema>

export const taskRecordSchema = z.strictObject({
  state: taskStateSchema,
  attempts: z.array(attemptRecordSchema),
  /** Failures and conflicts since a person last looked; they bound the automatic retries. */
  failures: z.int(),
  conflicts: z.int(),
  lost: z.int(),
  /** Heads that the next base is merged from besides the needs', after a conflict. */
  onto: z.array(shaSchema),
  /** What people said with `/retry t3 -- note`. */
  notes: z.array(z.string()),
  /** What people said with `/steer t3 -- words`, for the worker that is at it, oldest first. */
  steers: z.array(z.strictObject({ words: z.string(), by: z.string(), at: z.string() })),
  /** How often this task was planned anew after it had failed. */
  replans: z.int(),
  /** It failed, and the planner is to find another way. */
  replanWanted: z.boolean(),
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
    since: z.string(),
  }),
  failedVerificationSchema,
])
export type Verification = z.infer<typeof verificationSchema>

/** All that an accepted plan brings: the plan itself, and how far it is. */
export const workSchema = z.strictObject({
  /** While it is `open`, a plan may have no task yet. */
  plan: planSchema.extend({ tasks: z.array(taskSchema) }),
  /** The plan is still being written: tasks come. */
  open: z.boolean(),
  mode: modeSchema,
  /** Counted from 1; each `/revise` makes the next. */
  version: z.int(),
  /** The version that people saw before this one, for the difference. */
  previous: z.strictObject({ plan: planSchema.extend({ tasks: z.array(taskSchema) }), planId: z.string() }).nullable(),
  /** Parts that were planned while the run was at work. */
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
  /** What was found out for `plan` tasks while their needs ran. */
  scopes: z.record(taskIdSchema, explorationSchema),
  /** What the final pull request says of the change as one; null until a model has put it into words. */
  described: z.strictObject({ title: z.string(), body: z.string(), contradictions: z.array(z.string()) }).nullable(),
  planId: z.string(),
  base: shaSchema,
  baseBranch: z.string(),
  settings: settingsSchema,
  settingsBlob: z.string(),
  notes: z.array(z.string()),
  proposedAt: z.string(),
  startedAt: z.string().nullable(),
  /** `null`: the whole plan may run; a list: only these tasks; empty before the approval. */
  approved: z.array(taskIdSchema).nullable(),
  approvedBy: z.array(z.string()),
  tasks: z.record(taskIdSchema, taskRecordSchema),
  trunk: z.strictObject({
    start: shaSchema,
    tip: shaSchema,
    /** In the order in which they were merged. */
    merges: z.array(z.strictObject({ task: taskIdSchema, head: shaSchema, sha: shaSchema, at: z.string() })),
  }),
  verification: verificationSchema.nullable(),
  /** The one that failed last: what stands once the search for a culprit has ended, on whatever it ended. */
  lastFailure: failedVerificationSchema.nullable().default(null),
  /** Verifications started so far: each has a number of its own. */
  verifications: z.int(),
  /** Verdicts of the verification by trunk commit: the search for a culprit needs them. */
  verdicts: z.record(shaSchema, z.enum(['passed', 'failed'])),
  culprit: z.strictObject({ task: taskIdSchema.nullable() }).nullable(),
  /** The newest tip of the base branch that was looked at, and the plan's paths in which it moved. */
  baseSeen: z.strictObject({ sha: shaSchema, paths: z.array(z.string()), stale: z.boolean() }),
})
export type Work = z.infer<typeof workSchema>

const headerShape = {
  run: runIdSchema,
  issue: z.strictObject({ number: z.int(), title: z.string(), body: z.string() }),
  /** The words after `/plan --`, and who asked. */
  words: z.string(),
  options: planOptionsSchema,
  /** Null: the plan was written by hand, or nothing of it is known yet. */
  planning: planningSchema.nullable(),
  ledger: ledgerSchema,
  /** Stages of the planner that came to nothing, by key, and why. */
  failedStages: z.record(z.string(), z.string()),
  setbacks: stageFailuresSchema,
  askedBy: z.string(),
  askedAt: z.string(),
  /** Keys of everything that came from outside, so that a repetition changes nothing. */
  seen: z.array(z.string()),
  orchestrator: z.strictObject({ workflowRun: z.int(), at: z.string(), started: z.boolean() }).nullable(),
  /** Orchestrators lost since the run last made progress. */
  crashes: z.int(),
  slots: z.record(
    z.string(),
    z.strictObject({ count: z.int(), workflowRun: z.int().nullable(), at: z.string(), gone: z.boolean() }),
  ),
  /** Where projections are to be found again: `comment:plan`, `pull:t3`, `check:t3@<sha>`. */
  projected: z.record(z.string(), z.strictObject({ number: z.int(), node: z.string(), digest: z.string() })),
  pullRefused: z.string().nullable(),
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
    paused: z.strictObject({ why: z.string(), by: z.string(), cause: z.enum(['budget']).nullable() }).nullable(),
  }),
  z.strictObject({
    phase: z.literal('ended'),
    ...headerShape,
    work: workSchema.nullable(),
    conclusion: conclusionSchema,
    why: z.string(),
    problems: z.array(problemSchema),
    endedAt: z.string(),
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

/** The settings that hold; before any were read: the defaults. */
export const settingsOf = (state: LiveRun): Settings =>
  workOf(state)?.settings ?? state.planning?.settings ?? defaultSettings

const places = new WeakMap<Work['plan']['tasks'], ReadonlyMap<TaskId, number>>()

/** Where a task stands in the plan, counted from 0; -1: nowhere. */
export function placeOf({ plan: { tasks } }: Work, id: TaskId): number {
  const known = places.get(tasks) ?? new Map(tasks.map((task, place) => [task.id, place]))
  places.set(tasks, known)
  return known.get(id) ?? -1
}

/** A task of the plan; throws for an id that the plan does not have, which only a bug can ask for. */
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

/** Landed, skipped by a person, or turned into other tasks: what needs it may go on. */
export const isSettled = (work: Work, id: TaskId): boolean =>
  ['landed', 'skipped', 'expanded'].includes(statusOf(work, id))

/** The heads that stand for a settled task: its own, or, for one skipped or expanded, those of its needs. */
export function headsOf(work: Work, id: TaskId): Sha[] {
  const { state } = recordOf(work, id)
  if (state.status === 'landed') return [state.head]
  return taskOf(work, id).needs.flatMap((need) => headsOf(work, need))
}

export const isApproved = ({ approved }: Pick<Work, 'approved'>, id: TaskId): boolean =>
  approved === null || approved.includes(id)
