import { z } from 'zod'
import type { Plan, Task } from '../../core/plan/plan.ts'
import type { HandOff } from '../../core/run/hand-off.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import { handOffText, planOverview, quotedHandOff } from '../prompts/plan-text.ts'
import { SYNTHESIS } from '../prompts/planner-instructions.ts'
import type { Quotes } from '../prompts/quote.ts'
import { type PlannerInput, plannerInputText, plannerQuotes, planningSystem } from './planner-input.ts'
import { type NoAnswer, structuredAnswer } from './structured-answer.ts'

export interface SynthesisRequest {
  metered: MeteredModel
  model: string
  input: PlannerInput
  plan: Plan
  /** `handOff` null: a program did the work. */
  landed: readonly { task: Task; handOff: HandOff | null }[]
  diffStat: string
  diff: string
  /** Ids of tasks that resolved a conflict with others. */
  resolutions: readonly string[]
}

export type Synthesis = { ok: true; title: string; body: string; contradictions: string[] } | NoAnswer

const synthesisSchema = z.strictObject({
  contradictions: z.array(z.string()),
  title: z.string().min(1),
  body: z.string(),
})

const MOST_TOKENS = 8000
const LONGEST_TITLE = 120
const LONGEST_BODY = 8000
const MOST_CONTRADICTIONS = 10
const LONGEST_CONTRADICTION = 400
const MOST_OF_DIFF = 60_000
const MOST_OF_STAT = 8000
/** Characters of all hand-offs together, shared equally. */
const MOST_OF_HAND_OFFS = 60_000

/**
 * Title and body of the final pull request, for the change as a whole. A model writes them: escape them before display.
 */
export async function synthesise(request: SynthesisRequest, signal: AbortSignal): Promise<Synthesis> {
  const { metered, model, input } = request
  const blocks = [{ kind: 'text' as const, text: [plannerInputText(input), synthesisPrompt(request)].join('\n\n') }]
  const call = {
    metered,
    model,
    sources: null,
    system: planningSystem,
    blocks,
    schema: synthesisSchema,
    maxTokens: MOST_TOKENS,
  }
  const answer = await structuredAnswer(call, signal)
  if (!answer.ok) return answer
  const { title, body, contradictions } = answer.value
  return {
    ok: true,
    title: title.replace(/\s+/g, ' ').trim().slice(0, LONGEST_TITLE),
    body: body.trim().slice(0, LONGEST_BODY),
    contradictions: contradictions
      .map((one) => one.trim().slice(0, LONGEST_CONTRADICTION))
      .filter((one) => one !== '')
      .slice(0, MOST_CONTRADICTIONS),
  }
}

function synthesisPrompt({ input, plan, landed, diffStat, diff, resolutions }: SynthesisRequest): string {
  const quotes = plannerQuotes(input)
  const most = Math.floor(MOST_OF_HAND_OFFS / Math.max(1, landed.length))
  return [
    '# What was planned and done',
    planOverview(plan, quotes),
    ...landed.map(({ task, handOff }) => landedTaskText(task, handOff, quotes, most)),
    ...(resolutions.length === 0 ? [] : [`These tasks settled conflicts with others: ${resolutions.join(', ')}.`]),
    'Files of the whole change:',
    quotes.data('files', diffStat, MOST_OF_STAT),
    'The diff of the whole change, as far as there is room:',
    quotes.data('diff', diff, MOST_OF_DIFF),
    SYNTHESIS,
  ].join('\n\n')
}

function landedTaskText(task: Task, handOff: HandOff | null, quotes: Quotes, most: number): string {
  const { id, title, expected_outcome } = task
  const text =
    handOff === null ? `${title}: done by a program. ${expected_outcome}` : `${title}\n${handOffText(handOff)}`
  return quotedHandOff(id, text, quotes, most)
}
