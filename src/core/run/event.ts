import { z } from 'zod'
import { problemSchema, taskFailureSchema } from '../failure.ts'
import { runIdSchema, shaSchema, taskIdSchema } from '../ids.ts'
import { roleSchema, spendingSchema } from '../money/usage.ts'
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
import { handOffSchema } from './hand-off.ts'

const planIdSchema = z.string().regex(/^[0-9a-f]{12,64}$/)

/** What a slot says about a task that it finished; no word of it is trusted before the audit. */
export const reportSchema = z.strictObject({
  /** Seconds of the worker program, and of the acceptance. */
  workSeconds: z.number().min(0),
  acceptanceSeconds: z.number().min(0),
  /** Head and tail of the acceptance's output, redacted. */
  acceptanceLog: z.string(),
  summary: z.string(),
  sandbox: z.string(),
  /** What an agent cost, and what it leaves for the tasks behind its own; absent where a program worked. */
  spending: z.array(spendingSchema).optional(),
  handOff: handOffSchema.optional(),
  turns: z.int().min(0).optional(),
  /** The tasks with whose work it was in conflict, where this settles it. */
  resolved: z.array(taskIdSchema).optional(),
})
export type Report = z.infer<typeof reportSchema>

/** Every event: when, by whom, and, where somebody outside caused it, the key that makes a repetition harmless. */
const stamp = { at: z.iso.datetime(), by: z.string().min(1), key: z.string().optional() }
const event = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.strictObject({ type: z.literal(type), ...stamp, ...shape })

const onTask = { task: taskIdSchema, attempt: z.int().min(1) }

/** Past tense; what happened to one run. The journal is a list of these and nothing else. */
export const runEventSchema = z.discriminatedUnion('type', [
  event('plan_requested', {
    run: runIdSchema,
    issue: z.int().positive(),
    title: z.string(),
    body: z.string(),
    words: z.string(),
    /** Absent: `/plan` was asked with no options. */
    options: planOptionsSchema.optional(),
  }),
  /** A model plans: everything that its plan rests on is frozen here. */
  event('planning_begun', {
    base: shaSchema,
    baseBranch: z.string(),
    settings: settingsSchema,
    settingsBlob: z.string(),
    mode: modeSchema,
    limit: z.number().positive(),
  }),
  /** Money is set aside before the calls of a stage; what a dead process had set aside counts as spent. */
  event('money_reserved', { stage: z.string(), role: roleSchema, usd: z.number().min(0) }),
  event('money_settled', { stage: z.string(), spending: z.array(spendingSchema) }),
  event('stage_failed', {
    stage: z.string(),
    why: z.string(),
    /** US dollars that the try had, where they were too few: that says nothing about the stage. */
    short: z.number().positive().optional(),
    /** The process that was at it died: that says nothing about the stage either. */
    lost: z.boolean().optional(),
  }),
  event('budget_set', { usd: z.number().positive() }),
  event('explored', { explorations: z.array(explorationSchema) }),
  event('questions_asked', { questions: z.array(questionSchema).min(1) }),
  event('questions_answered', { answers: z.array(answerSchema).min(1) }),
  event('revision_requested', { words: z.string() }),
  event('gate_switched_off', {}),
  /** Not in `strict`: the head of a plan is there, and its tasks may start as they come. */
  event('plan_begun', {
    plan: planSchema.extend({ tasks: z.array(taskSchema) }),
    planId: planIdSchema,
    trunk: shaSchema,
  }),
  event('task_planned', {
    planned: taskSchema,
    notes: z.array(z.string()),
    /** The answer began anew, and those told before it count for nothing. In `strict` only, where nobody works on them. */
    anew: z.literal(true).optional(),
  }),
  event('plan_drafted', draftSchema.shape),
  event('plan_judged', {
    accepted: z.boolean(),
    problems: z.array(z.string()),
    /** Why no critic could be had, so that lint alone has judged. Absent: a critic has. */
    unjudged: z.string().optional(),
  }),
  /** The plan grew, or a part of it was planned anew, while it runs. `within`: nothing in it goes beyond what was approved. */
  event('plan_amended', {
    cause: z.enum(['expand', 'replan']),
    of: taskIdSchema,
    plan: planSchema,
    planId: planIdSchema,
    within: z.boolean(),
    notes: z.array(z.string()),
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
    /** Blob of the settings file at the base; empty where there is none. */
    settingsBlob: z.string(),
    /** Trunk's first commit: the base's tree, but a commit of its own. */
    trunk: shaSchema,
    notes: z.array(z.string()),
    /** Absent: `strict`. */
    mode: modeSchema.optional(),
  }),
  event('plan_approved', { planId: planIdSchema, only: z.array(taskIdSchema).nullable() }),
  event('plan_rejected', { why: z.string() }),
  event('orchestrator_requested', { workflowRun: z.int() }),
  event('orchestrator_started', { workflowRun: z.int() }),
  event('orchestrator_left', { why: z.enum(['waiting', 'ended', 'handed-over']) }),
  event('orchestrator_lost', { workflowRun: z.int() }),
  event('slots_requested', {
    request: z.string().regex(/^r[0-9]+$/),
    count: z.int().min(1),
    /** Known at once where the slots are jobs of the workflow run that asks; else null until the dispatch is answered. */
    workflowRun: z.int().nullable(),
  }),
  event('slots_started', { request: z.string(), workflowRun: z.int() }),
  event('slots_gone', { request: z.string() }),
  event('task_queued', { ...onTask, base: shaSchema }),
  event('task_started', {
    ...onTask,
    slot: z.string(),
    /** US dollars that the attempt may spend; set aside from the run's limit. Absent: no model works on it. */
    allowance: z.number().positive().optional(),
  }),
  /** `unbegun`: the slot had left before it saw the task, so that nothing was paid for it. */
  event('task_returned', { ...onTask, slot: z.string(), unbegun: z.literal(true).optional() }),
  event('task_verified', { ...onTask, head: shaSchema, tree: shaSchema, report: reportSchema }),
  event('task_landed', onTask),
  event('task_failed', {
    ...onTask,
    head: shaSchema.nullable(),
    failure: taskFailureSchema,
    final: z.boolean(),
    /** Nothing of the same kind would help: this part is to be planned anew. */
    replan: z.boolean().optional(),
    report: reportSchema.optional(),
  }),
  event('task_conflicted', {
    task: taskIdSchema,
    with: z.array(taskIdSchema),
    paths: z.array(z.string()),
    /** Heads that the next attempt's base is merged from, besides its needs. */
    onto: z.array(shaSchema),
    final: z.boolean(),
  }),
  event('task_retried', {
    task: taskIdSchema,
    note: z.string(),
    /** After a failed verification: trunk's tip, so that the task mends what is there. */
    onto: z.array(shaSchema),
  }),
  event('task_skipped', { task: taskIdSchema }),
  event('task_cancelled', { task: taskIdSchema }),
  event('gate_approved', { task: taskIdSchema }),
  event('trunk_moved', { task: taskIdSchema, sha: shaSchema }),
  event('verification_queued', { on: shaSchema, attempt: z.int().min(1) }),
  event('verification_started', { on: shaSchema, attempt: z.int().min(1), slot: z.string() }),
  event('verification_returned', { on: shaSchema, attempt: z.int().min(1), slot: z.string() }),
  event('verification_passed', { on: shaSchema, attempt: z.int().min(1), report: reportSchema }),
  event('verification_failed', { on: shaSchema, attempt: z.int().min(1), failure: taskFailureSchema }),
  event('culprit_found', { task: taskIdSchema.nullable() }),
  event('base_moved', { to: shaSchema, paths: z.array(z.string()), stale: z.boolean() }),
  event('run_paused', {
    why: z.string(),
    /** Absent: a person, or something that only a person can judge. `budget`: the limit of money was reached. */
    cause: z.enum(['budget']).optional(),
  }),
  event('run_resumed', {}),
  event('run_cancelled', { why: z.string() }),
  event('run_finished', { sha: shaSchema }),
  event('run_closed', { merged: z.boolean() }),
  event('pull_refused', { why: z.string() }),
  /** Where a projection is to be found again, and the digest of what was shown last, so that nothing is shown twice. */
  event('projected', {
    entries: z.array(z.strictObject({ name: z.string(), number: z.int(), node: z.string(), digest: z.string() })),
  }),
])
export type RunEvent = z.infer<typeof runEventSchema>

type Unstamped<Event> = Event extends RunEvent ? Omit<Event, 'at' | 'by'> & { by?: string } : never
/** An event without its stamp: rules return these, and the process that records them stamps them. */
export type NewEvent = Unstamped<RunEvent>

export type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>
