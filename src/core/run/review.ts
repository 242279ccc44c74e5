import { z } from 'zod'
import { taskIdSchema } from '../ids.ts'

/** Why a model looks at a result before it lands; `all`: the settings ask for every one. */
export const reviewReasonSchema = z.enum(['promise', 'shared', 'attempts', 'flaky', 'conflict', 'all'])
export type ReviewReason = z.infer<typeof reviewReasonSchema>

/** Texts of a reviewer are cut to this, so that the journal and later prompts stay small. */
export const LONGEST_FINDING = 600
export const MOST_FINDINGS = 8
export const LONGEST_CHANGE = 1500

export const verdictShape = {
  attempt: z.int().min(1),
  verdict: z.enum(['accepted', 'sent-back', 'left-out']),
  findings: z.array(z.string().max(LONGEST_FINDING)).max(MOST_FINDINGS),
  /** The model that reviewed; absent if none did. */
  model: z.string().optional(),
  /** Why there was no review, if it was left out. */
  why: z.string().optional(),
}

/** The last review of a task, with the reasons for it. */
export const reviewSchema = z.strictObject({ ...verdictShape, reasons: z.array(reviewReasonSchema) })
export type Review = z.infer<typeof reviewSchema>

/** What a review changed in the brief of a task that had not started. It counts as long as `of` stands with that attempt. */
export const adaptationSchema = z.strictObject({
  of: taskIdSchema,
  ofAttempt: z.int().min(1),
  words: z.string().max(LONGEST_CHANGE),
})
export type Adaptation = z.infer<typeof adaptationSchema>
