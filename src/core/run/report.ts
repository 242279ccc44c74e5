import { z } from 'zod'
import { refusedHostSchema } from '../allowed-host.ts'
import { runIdSchema, shaSchema, taskIdSchema } from '../ids.ts'
import { spendingSchema } from '../money/usage.ts'
import { handOffSchema } from './hand-off.ts'

/** A slot's report on a finished task; not trusted before the audit. */
export const reportSchema = z.strictObject({
  /** Seconds that the worker program ran. */
  workSeconds: z.number().min(0),
  acceptanceSeconds: z.number().min(0),
  /** Head and tail of the acceptance's output, redacted. */
  acceptanceLog: z.string(),
  summary: z.string(),
  sandbox: z.string(),
  /** The agent's cost and its hand-off for dependants; absent if a program did the work. */
  spending: z.array(spendingSchema).optional(),
  handOff: handOffSchema.optional(),
  turns: z.int().min(0).optional(),
  /** What it changed, from git, if there is no hand-off to name it. */
  files: z.array(z.string().max(200)).max(60).optional(),
  /** The tasks with which it was in conflict, if this attempt resolves that. */
  resolved: z.array(taskIdSchema).optional(),
  /** The commands of the acceptance that failed at first and passed on the same tree when they ran again. */
  flaky: z.array(z.string()).optional(),
  /** Hosts that its commands asked for and that the proxy of the sandbox refused. */
  refusedHosts: z.array(refusedHostSchema).max(50).optional(),
})
export type Report = z.infer<typeof reportSchema>

/** Why all slots of a request came to no work. `step`: the set-up step that failed in each; null: no job could be started. */
export const slotFailureSchema = z.strictObject({
  step: z.string().nullable(),
  /** A page about it. */
  url: z.string().nullable(),
  /** The platform's words; may be empty. */
  words: z.string(),
})
export type SlotFailure = z.infer<typeof slotFailureSchema>

/** What the platform may refuse while the run goes on without it. */
export const refusableSchema = z.enum(['artifact', 'check', 'comment', 'draft', 'pull', 'reviewers'])
export type Refusable = z.infer<typeof refusableSchema>

/** A branch of the run, the commit at which others left it, and the one that the run knows; null: it had none. */
export const movedBranchSchema = z.strictObject({ branch: z.string(), sha: shaSchema, known: shaSchema.nullable() })
export type MovedBranch = z.infer<typeof movedBranchSchema>

/** Other runs that may write what a plan writes, and those of its own paths that meet theirs. */
export const sharedWritesSchema = z.array(z.strictObject({ run: runIdSchema, paths: z.array(z.string()) }))
export type SharedWrites = z.infer<typeof sharedWritesSchema>
