import { z } from 'zod'
import { taskFailureSchema } from '../failure.ts'
import { shaSchema, taskIdSchema } from '../ids.ts'
import { stepsSchema } from './hand-off.ts'
import { reportSchema } from './report.ts'
import { adaptationSchema, reviewReasonSchema, reviewSchema } from './review.ts'

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
  /** The slot's job on the platform. Absent in journals of before. */
  job: z.int().optional(),
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
  /** Threads of reviews that asked for another attempt: the next work that is verified answers them. */
  threads: z.array(z.string()).optional(),
  /** Words of `/steer t3 -- words`, for the current worker, oldest first. */
  steers: z.array(z.strictObject({ words: z.string(), by: z.string(), at: z.string() })),
  /** How often this part was re-planned after a failure. */
  replans: z.int(),
  /** It failed, and has to be re-planned. */
  replanWanted: z.boolean(),
  /** A person closed its pull request before it landed: it waits for `/skip`, `/approve` or the pull request to be reopened. */
  pullClosed: z.strictObject({ by: z.string(), at: z.string() }).optional(),
  /** The person who let it land, or opened it as a gate. */
  landedBy: z.string().optional(),
  review: reviewSchema.optional(),
  /** A reviewer has sent it back since a person last looked: it does not do so again. */
  sentBack: z.literal(true).optional(),
  /** What reviews of tasks that it needs have changed in its brief, one of each. */
  adapted: z.array(adaptationSchema).optional(),
})
export type TaskRecord = z.infer<typeof taskRecordSchema>
