import { z } from 'zod'

/** What a check of the plan does on the base. `missing`: its program is not there, or cannot be run; `not-reached`: the time was over. */
export const baselineCheckSchema = z.strictObject({
  outcome: z.enum(['passed', 'failed', 'missing', 'timed-out', 'not-reached']),
  exitCode: z.int(),
  seconds: z.number().min(0),
  /** The end of its output, redacted; empty if it passed. */
  log: z.string().max(2_000),
})
export type BaselineCheck = z.infer<typeof baselineCheckSchema>

/** In the order of the plan's checks. */
export const baselineChecksSchema = z.array(baselineCheckSchema).min(1).max(100)

/** What the plan's checks do on the base, taken in a slot while the plan waits for its approval. */
export const baselineSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('in_progress'), slot: z.string(), since: z.string() }),
  z.strictObject({
    status: z.literal('taken'),
    checks: baselineChecksSchema,
    /** Of the plan as it was then, in the order of `checks`. Absent in snapshots of before. */
    commands: z.array(z.array(z.string())).optional(),
    sandbox: z.string(),
    since: z.string(),
  }),
  z.strictObject({ status: z.literal('given-up'), why: z.string(), since: z.string() }),
])
export type Baseline = z.infer<typeof baselineSchema>
