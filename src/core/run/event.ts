import { z } from 'zod'
import { problemSchema, taskFailureSchema } from '../failure.ts'
import { runIdSchema, shaSchema, taskIdSchema } from '../ids.ts'
import { forecastSchema } from '../money/measurements.ts'
import { lastKnownSchema, roleSchema, spendingSchema } from '../money/usage.ts'
import { planSchema, taskSchema } from '../plan/plan.ts'
import {
  answerSchema,
  draftSchema,
  explorationSchema,
  modeSchema,
  planOptionsSchema,
  questionSchema,
} from '../plan/planning.ts'
import { settingsSchema } from '../settings.ts'
import { baselineChecksSchema } from './baseline.ts'
import { stepsSchema } from './hand-off.ts'
import { movedBranchSchema, refusableSchema, reportSchema, sharedWritesSchema, slotFailureSchema } from './report.ts'
import { adaptationSchema, reviewReasonSchema, verdictShape } from './review.ts'

const planIdSchema = z.string().regex(/^[0-9a-f]{12,64}$/)

/** On every event: time, actor and, if its cause is external, the idempotency key. */
const stamp = { at: z.iso.datetime(), by: z.string().min(1), key: z.string().optional() }
const event = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.strictObject({ type: z.literal(type), ...stamp, ...shape })

/** What people with write access had said on the issue, for workers. Absent in journals of before. */
const issueComments = z.array(z.string()).optional()

/** Whether the person may approve the plan that this asks for. Absent in journals of before. */
const mayApproveIt = z.boolean().optional()

/** When the slot began with it, by its own clock: its set-up may have lasted longer than the assignment. */
const beganAt = z.iso.datetime().optional()
const onTask = { task: taskIdSchema, attempt: z.int().min(1) }

/** The events of a run, in past tense. The journal is a list of these. */
export const runEventSchema = z.discriminatedUnion('type', [
  event('plan_requested', {
    run: runIdSchema,
    issue: z.int().positive(),
    title: z.string(),
    body: z.string(),
    words: z.string(),
    /** Absent if `/plan` had no options. */
    options: planOptionsSchema.optional(),
    mayApprove: mayApproveIt,
  }),
  /** Planning by a model begins: fixes its base and settings. */
  event('planning_begun', {
    base: shaSchema,
    baseBranch: z.string(),
    settings: settingsSchema,
    settingsBlob: z.string(),
    mode: modeSchema,
    limit: z.number().positive(),
  }),
  /** Money is reserved before the calls of a stage; a reservation of a dead process counts as spent. */
  event('money_reserved', { stage: z.string(), role: roleSchema, usd: z.number().min(0) }),
  event('money_settled', { stage: z.string(), spending: z.array(spendingSchema) }),
  event('stage_failed', {
    stage: z.string(),
    why: z.string(),
    /** US dollars that the try had, if they were too few: no fault of the stage. */
    short: z.number().positive().optional(),
    /** The process that ran it died: no fault of the stage either. */
    lost: z.boolean().optional(),
    /** Another try would meet the same: the model was busy for longer than a stage waits. */
    final: z.literal(true).optional(),
  }),
  event('budget_set', { usd: z.number().positive() }),
  event('explored', { explorations: z.array(explorationSchema) }),
  event('questions_asked', { questions: z.array(questionSchema).min(1) }),
  event('questions_answered', { answers: z.array(answerSchema).min(1) }),
  event('revision_requested', { words: z.string(), mayApprove: mayApproveIt }),
  event('gate_switched_off', {}),
  /** Not in `strict`: the head of a plan is complete, and its tasks may start as they stream in. */
  event('plan_begun', {
    plan: planSchema.extend({ tasks: z.array(taskSchema) }),
    planId: planIdSchema,
    trunk: shaSchema,
    comments: issueComments,
  }),
  event('task_planned', {
    planned: taskSchema,
    notes: z.array(z.string()),
    /** The model's answer was retried, which discards the tasks streamed before. Only in `strict`, where none has started. */
    anew: z.literal(true).optional(),
  }),
  /** A slot runs the program of `plan.command`. */
  event('plan_command_started', { attempt: z.int().min(1), slot: z.string(), comments: issueComments }),
  /** It made no plan. `request`: the slots that were asked for it and never began. */
  event('plan_command_failed', { attempt: z.int().min(1), why: z.string(), request: z.string().optional() }),
  event('plan_drafted', draftSchema.shape),
  event('plan_judged', {
    accepted: z.boolean(),
    problems: z.array(z.string()),
    /** Why no critic was available, so that only lint has judged; absent if a critic has. */
    unjudged: z.string().optional(),
  }),
  /** The running plan was expanded, or a part was re-planned. `within`: it does not go beyond the approved part. */
  event('plan_amended', {
    /** `review`: a review of the final pull request asks for the new tasks. */
    cause: z.enum(['expand', 'replan', 'review']),
    of: taskIdSchema,
    plan: planSchema,
    planId: planIdSchema,
    within: z.boolean(),
    notes: z.array(z.string()),
    /** Threads of a review that the work of a new task answers. */
    threads: z.array(z.strictObject({ task: taskIdSchema, thread: z.string() })).optional(),
  }),
  event('task_scoped', { task: taskIdSchema, exploration: explorationSchema }),
  event('task_steered', { task: taskIdSchema, words: z.string() }),
  event('change_described', { title: z.string(), body: z.string(), contradictions: z.array(z.string()) }),
  event('plan_refused', { problems: z.array(problemSchema).min(1) }),
  event('plan_proposed', {
    plan: planSchema,
    planId: planIdSchema,
    base: shaSchema,
    baseBranch: z.string(),
    settings: settingsSchema,
    /** Blob of the settings file at the base; empty if there is none. */
    settingsBlob: z.string(),
    /** Trunk's first commit, which has the base's tree. */
    trunk: shaSchema,
    notes: z.array(z.string()),
    /** `strict` if absent. */
    mode: modeSchema.optional(),
    comments: issueComments,
    /** Absent in journals of before. */
    forecast: forecastSchema.optional(),
    sharedWrites: sharedWritesSchema.optional(),
  }),
  event('plan_approved', { planId: planIdSchema, only: z.array(taskIdSchema).nullable() }),
  event('plan_rejected', { why: z.string() }),
  /** A slot runs the plan's checks on the base, before the approval. `version`: of the plan. */
  event('baseline_started', { version: z.int().min(1), slot: z.string() }),
  event('baseline_taken', { version: z.int().min(1), checks: baselineChecksSchema, sandbox: z.string() }),
  event('baseline_given_up', { version: z.int().min(1), why: z.string() }),
  event('orchestrator_requested', { workflowRun: z.int() }),
  event('orchestrator_started', { workflowRun: z.int() }),
  event('orchestrator_left', { why: z.enum(['waiting', 'ended', 'handed-over']) }),
  /** Its last word, if it could still write one. That it is gone is another event, by the process that noticed. */
  event('orchestrator_failed', { why: z.string() }),
  event('orchestrator_lost', {
    workflowRun: z.int(),
    /** It did not crash: its token ended, or the platform refused requests for too long. */
    cause: z.enum(['token-ended', 'rate-limit']).optional(),
  }),
  event('slots_requested', {
    request: z.string().regex(/^r[0-9]+$/),
    count: z.int().min(1),
    /** Known at once if the slots are jobs of the requesting workflow run; else null until the dispatch is answered. */
    workflowRun: z.int().nullable(),
  }),
  event('slots_started', { request: z.string(), workflowRun: z.int() }),
  event('slots_gone', { request: z.string(), failure: slotFailureSchema.optional() }),
  event('task_queued', { ...onTask, base: shaSchema }),
  event('task_started', {
    ...onTask,
    slot: z.string(),
    /** US dollars that the attempt may spend, reserved from the run's limit; absent if no model works on it. */
    allowance: z.number().positive().optional(),
    /** The slot's job on the platform. Absent in journals of before. */
    job: z.int().optional(),
  }),
  event('task_returned', {
    ...onTask,
    slot: z.string(),
    /** The slot ended before it saw the task, so that nothing was spent. */
    unbegun: z.literal(true).optional(),
    /** It is the same attempt that waits for another slot. */
    requeued: z.literal(true).optional(),
    /** The last words of the slot's job. */
    why: z.string().optional(),
    /** The commit of its last checkpoint, from which the next attempt goes on, and what its agent had done last. */
    kept: z.strictObject({ head: shaSchema, steps: stepsSchema }).optional(),
    lastKnown: lastKnownSchema.optional(),
  }),
  event('task_verified', {
    ...onTask,
    head: shaSchema,
    tree: shaSchema,
    report: reportSchema,
    begun: beganAt,
    /** A model reviews it before it lands, for these reasons. */
    review: z.array(reviewReasonSchema).min(1).optional(),
  }),
  /** A model has reviewed it; `left-out`: it goes on without, and says why. */
  event('task_reviewed', { task: taskIdSchema, ...verdictShape }),
  /** A review has changed the brief of a task that had not started, after what `of` handed off. */
  event('task_adapted', { task: taskIdSchema, ...adaptationSchema.shape }),
  event('task_landed', onTask),
  event('task_failed', {
    ...onTask,
    head: shaSchema.nullable(),
    failure: taskFailureSchema,
    final: z.boolean(),
    /** Another attempt would not help: re-plan this part. */
    replan: z.boolean().optional(),
    report: reportSchema.optional(),
    lastKnown: lastKnownSchema.optional(),
    begun: beganAt,
  }),
  event('task_conflicted', {
    task: taskIdSchema,
    with: z.array(taskIdSchema),
    paths: z.array(z.string()),
    /** Heads to merge into the next attempt's base, in addition to its needs. */
    onto: z.array(shaSchema),
    final: z.boolean(),
  }),
  event('task_retried', {
    task: taskIdSchema,
    note: z.string(),
    /** After a failed verification: trunk's tip, so that the task fixes the merged state. */
    onto: z.array(shaSchema),
    /** Threads of the review that asked for it. Absent if a command did. */
    threads: z.array(z.string()).optional(),
  }),
  event('task_skipped', { task: taskIdSchema }),
  event('task_cancelled', { task: taskIdSchema }),
  event('gate_approved', { task: taskIdSchema }),
  event('trunk_moved', { task: taskIdSchema, sha: shaSchema }),
  /** A person moved trunk, by a merge or a push on top of it. `author`: of the newest commit, as git has it. */
  event('trunk_adopted', { from: shaSchema, sha: shaSchema, author: z.string() }),
  /** A person closed, or opened again, the pull request of a task that has not landed. */
  event('worker_pull_closed', { task: taskIdSchema }),
  event('worker_pull_reopened', { task: taskIdSchema }),
  /** Trunk has taken over the workflow files of the base branch at `base`; `commit` is for all branches of the run. */
  event('workflows_followed', { base: shaSchema, commit: shaSchema, sha: shaSchema }),
  event('verification_queued', { on: shaSchema, attempt: z.int().min(1) }),
  event('verification_started', {
    on: shaSchema,
    attempt: z.int().min(1),
    slot: z.string(),
    /** The slot's job on the platform. Absent in journals of before. */
    job: z.int().optional(),
  }),
  event('verification_returned', {
    on: shaSchema,
    attempt: z.int().min(1),
    slot: z.string(),
    unbegun: z.literal(true).optional(),
  }),
  event('verification_passed', { on: shaSchema, attempt: z.int().min(1), report: reportSchema }),
  event('verification_failed', {
    on: shaSchema,
    attempt: z.int().min(1),
    failure: taskFailureSchema,
    /** It runs once more on the same tree before this counts as a verdict. */
    again: z.literal(true).optional(),
  }),
  /** `/retry verification`: what failed counts no longer. */
  event('verification_retried', {}),
  /** `adopted`: no task broke trunk, but this commit of a person. */
  event('culprit_found', { task: taskIdSchema.nullable(), adopted: shaSchema.optional() }),
  event('base_moved', { to: shaSchema, paths: z.array(z.string()), stale: z.boolean() }),
  event('run_paused', {
    why: z.string(),
    /**
     * `budget`: the run's limit was reached. `refused`: GitHub does not take trunk, and `why` are its words. `branches`: see
     * `moved`. Absent if a person paused it, or has to decide.
     */
    cause: z.enum(['budget', 'refused', 'branches']).optional(),
    /** Branches that others moved so that they cannot be adopted, and where they stood. */
    moved: z.array(movedBranchSchema).optional(),
  }),
  event('run_resumed', {}),
  event('run_cancelled', { why: z.string() }),
  event('run_finished', { sha: shaSchema }),
  /** `/retry verification` after the end: commits came to trunk that the verification does not cover. */
  event('run_reopened', {}),
  /** `head`: of the final pull request, as it was closed. */
  event('run_closed', { merged: z.boolean(), head: shaSchema.optional() }),
  event('pull_refused', { why: z.string() }),
  /** The platform refuses requests of this repository until then. */
  event('limit_reached', { until: z.iso.datetime() }),
  event('limit_passed', {}),
  /** The model is overloaded or cannot be reached: stages of the planner wait. */
  event('model_busy', { since: z.iso.datetime(), why: z.string() }),
  event('model_answered', {}),
  /** The base branch was renamed. */
  event('base_renamed', { baseBranch: z.string() }),
  /** The platform refuses something that the run can do without. Recorded once for each. */
  event('platform_refused', { what: refusableSchema, why: z.string() }),
  /** The ids of a projection, and the digest of its last content, so that unchanged content is not sent again. */
  event('projected', {
    entries: z.array(z.strictObject({ name: z.string(), number: z.int(), node: z.string(), digest: z.string() })),
  }),
])
export type RunEvent = z.infer<typeof runEventSchema>

type Unstamped<Event> = Event extends RunEvent ? Omit<Event, 'at' | 'by'> & { by?: string } : never
/** An event without its stamp: rules return these, and the process that records them stamps them. */
export type NewEvent = Unstamped<RunEvent>

export type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>
