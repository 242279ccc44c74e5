import type { PlanDraft, Question } from '../../core/plan/planning.ts'
import { type DesignRequest, designPrompt } from './design-request.ts'
import { planDraftBuilder } from './plan-draft.ts'
import { designSchema } from './plan-schema.ts'
import { planStream } from './plan-stream.ts'
import { planningSystem, sharedBlocks } from './planner-input.ts'
import { type NoAnswer, structuredAnswer } from './structured-answer.ts'

export type DesignResult = { ok: true; ask: Question[] } | { ok: true; draft: PlanDraft } | NoAnswer

/** Tokens of the answer: a hundred tasks, and the thinking before them. */
const MOST_TOKENS = 48_000

/**
 * Writes a plan. The listener receives the head and each task once, as soon as they are complete; nothing after questions.
 * If the answer has to start again, the published parts are withdrawn if the listener can do so. If it cannot, the new
 * answer must hold the same tasks, or the design fails; all else of the plan may differ.
 */
export async function design(request: DesignRequest, signal: AbortSignal): Promise<DesignResult> {
  const { metered, model, sources, input, explorations, fixed } = request
  const stop = new AbortController()
  const draft = planDraftBuilder(request, () => stop.abort())
  const stream = planStream(draft)
  const answer = await structuredAnswer(
    {
      metered,
      model,
      sources,
      system: planningSystem,
      blocks: [...sharedBlocks(input, explorations), { kind: 'text', text: designPrompt(request) }],
      schema: designSchema,
      maxTokens: MOST_TOKENS,
      check: ({ tasks }) =>
        draft.stopped() === null && tasks.length + fixed.length === 0 ? ['The plan has no task.'] : [],
      onText: stream.push,
      onRestart: () => {
        stream.restart()
        draft.restart()
      },
    },
    AbortSignal.any([signal, stop.signal]),
  )
  await stream.end()
  const stopped = draft.stopped()
  if (stopped !== null) return stopped
  if (!answer.ok) return answer
  // Reads the whole answer once more: publishes what the stream missed, and nothing twice.
  draft.reread()
  const { tasks, ...head } = answer.value
  draft.head(head)
  for (const task of tasks) draft.task(task)
  draft.end()
  return draft.stopped() ?? { ok: true, draft: draft.result() }
}
