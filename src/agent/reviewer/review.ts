import { z } from 'zod'
import type { Task } from '../../core/plan/plan.ts'
import type { Report } from '../../core/run/report.ts'
import type { ReviewReason } from '../../core/run/review.ts'
import type { Brief } from '../../core/schedule/brief.ts'
import type { Sources } from '../../ports/sources.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import { type NoAnswer, structuredAnswer } from '../planner/structured-answer.ts'
import type { Instructions } from '../prompts/instructions.ts'
import type { Quotes } from '../prompts/quote.ts'
import { reviewerOpening, reviewerSystem } from '../prompts/reviewer-prompt.ts'

/** A verified result, as the reviewer sees it: from the journal and from git, never from the worker's conversation. */
export interface ReviewRequest {
  metered: MeteredModel
  model: string
  quotes: Quotes
  brief: Brief
  reasons: readonly ReviewReason[]
  report: Report
  /** How what it handed off differs from its promise. */
  differences: readonly string[]
  /** Tasks with which it settles a conflict. */
  settles: readonly Task[]
  files: readonly string[]
  diff: string
  /** The files of the result, if the diff was too long to be shown whole; else null. */
  sources: Sources | null
  instructions: Instructions
  /** Tasks whose briefs it may change. */
  waiting: readonly Task[]
  /** It was sent back before. */
  isLast: boolean
}

export type ReviewResult =
  | { ok: true; sendsBack: boolean; findings: string[]; briefs: { task: string; words: string }[] }
  | NoAnswer

const reviewSchema = z.strictObject({
  findings: z.array(z.string()),
  verdict: z.enum(['accept', 'send_back']),
  briefs: z.array(z.strictObject({ task: z.string(), words: z.string() })),
})

const MOST_TOKENS = 8000

/** Looks at a result in a fresh context: one call, since the tasks behind it wait; with look-ups only if the diff was cut. */
export async function reviewWork(request: ReviewRequest, signal: AbortSignal): Promise<ReviewResult> {
  const { metered, model, brief, instructions, quotes } = request
  const answer = await structuredAnswer(
    {
      metered,
      model,
      system: reviewerSystem(brief, instructions, quotes),
      blocks: [{ kind: 'text', text: reviewerOpening(request, quotes) }],
      schema: reviewSchema,
      maxTokens: MOST_TOKENS,
      sources: request.sources,
    },
    signal,
  )
  if (!answer.ok) return answer
  const { findings, verdict, briefs } = answer.value
  return { ok: true, sendsBack: verdict === 'send_back', findings, briefs }
}
