import { z } from 'zod'
import { taskFailureSchema } from '../failure.ts'
import { shaSchema, taskIdSchema } from '../ids.ts'
import { forecastSchema } from '../money/measurements.ts'
import { planSchema, taskSchema } from '../plan/plan.ts'
import { explorationSchema, modeSchema } from '../plan/planning.ts'
import { settingsSchema } from '../settings.ts'
import { baselineSchema } from './baseline.ts'
import { reportSchema, sharedWritesSchema } from './report.ts'
import { taskRecordSchema } from './task-record.ts'

/** The slot that a verification ran in and its job on the platform. Absent in journals of before. */
const ranInSchema = z.strictObject({ slot: z.string(), job: z.int() })

const failedVerificationSchema = z.strictObject({
  status: z.literal('failed'),
  on: shaSchema,
  attempt: z.int(),
  failure: taskFailureSchema,
  ranIn: ranInSchema.optional(),
  since: z.string(),
})

export const verificationSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('queued'), on: shaSchema, attempt: z.int(), since: z.string() }),
  z.strictObject({
    status: z.literal('in_progress'),
    on: shaSchema,
    attempt: z.int(),
    slot: z.string(),
    job: z.int().optional(),
    since: z.string(),
  }),
  z.strictObject({
    status: z.literal('passed'),
    on: shaSchema,
    attempt: z.int(),
    report: reportSchema,
    /** How it failed when it first ran on the same tree. */
    flaky: taskFailureSchema.optional(),
    ranIn: ranInSchema.optional(),
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
      cause: z.enum(['expand', 'replan', 'review']),
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
  /** Absent if no other run writes the same, as of the proposal. */
  sharedWrites: sharedWritesSchema.optional(),
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
