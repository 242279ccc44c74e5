import type { PlanDraft, Question } from '../../core/plan/planning.ts'
import { type DesignRequest, designPrompt } from './design-request.ts'
import { drafting } from './plan-draft.ts'
import { designSchema } from './plan-schema.ts'
import { planStream } from './plan-stream.ts'
import { planningSystem, sharedBlocks } from './planner-input.ts'
import { type NoAnswer, structuredAnswer } from './structured-answer.ts'

export type DesignResult = { ok: true; ask: Question[] } | { ok: true; draft: PlanDraft } | NoAnswer

/** Tokens of the answer: a hundred tasks, and the thoughts before them. */
const MOST_TOKENS = 48_000

/**
 * Writes a plan. Its head and each of its tasks are told of the moment that they are complete, once each. What comes
 * behind questions is not told of. Where the answer has to begin anew, what was told is taken back if the listener lets it;
 * else an answer without the very tasks that were told is given up, and the words around them may differ.
 */
export async function design(request: DesignRequest, signal: AbortSignal): Promise<DesignResult> {
  const { metered, model, input, explorations, fixed } = request
  const stop = new AbortController()
  const pen = drafting(request, () => stop.abort())
  const stream = planStream(pen)
  const answer = await structuredAnswer(
    {
      metered,
      model,
      system: planningSystem,
      blocks: [...sharedBlocks(input, explorations), { kind: 'text', text: designPrompt(request) }],
      schema: designSchema,
      maxTokens: MOST_TOKENS,
      check: ({ tasks }) =>
        pen.stopped() === null && tasks.length + fixed.length === 0 ? ['The plan has no task.'] : [],
      onText: stream.push,
      onRestart: () => {
        stream.restart()
        pen.restart()
      },
    },
    AbortSignal.any([signal, stop.signal]),
  )
  await stream.end()
  const stopped = pen.stopped()
  if (stopped !== null) return stopped
  if (!answer.ok) return answer
  // Once more from the whole answer: whatever the stream did not tell of is told now, and nothing twice.
  pen.reread()
  const { tasks, ...head } = answer.value
  pen.head(head)
  for (const task of tasks) pen.task(task)
  pen.end()
  return pen.stopped() ?? { ok: true, draft: pen.draft() }
}
