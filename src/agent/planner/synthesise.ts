import { z } from 'zod'
import type { Plan, Task } from '../../core/plan/plan.ts'
import type { HandOff } from '../../core/run/hand-off.ts'
import { countedPrompt, type MeteredModel, tokenBound } from '../loop/metered-model.ts'
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
  const { metered, model } = request
  const blocks = [{ kind: 'text' as const, text: await affordablePrompt(request, signal) }]
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

/** Shares of diff and hand-offs that are tried in turn: a large change is described by less of it, rather than not at all. */
const SHARES = [1, 0.5, 0.25, 0.1, 0.03] as const
/** Tokens of system prompt and schema, and of an answer that was not right and goes back once. */
const BESIDE = 4000

/** The longest prompt that the money is likely to be enough for; the shortest, if it is for none. */
async function affordablePrompt(request: SynthesisRequest, signal: AbortSignal): Promise<string> {
  const { model, metered } = request
  const isAffordable = (tokens: number): boolean =>
    metered.budget.worstCost({ model, maxTokens: MOST_TOKENS }, BESIDE + tokens) <= metered.budget.left()
  const whole = synthesisPrompt(request, 1)
  const bytes = tokenBound(whole)
  if (isAffordable(bytes)) return whole
  // Bytes are several times too many: the API counts the whole once, and its parts are taken to be alike.
  const turns = [{ role: 'user' as const, blocks: [{ kind: 'text' as const, text: whole }] }]
  const asked = { model, system: planningSystem, tools: [], turns, maxTokens: MOST_TOKENS, schema: null, signal }
  const perByte = (await countedPrompt(metered.model, asked, bytes)) / bytes
  for (const share of SHARES) {
    const prompt = synthesisPrompt(request, share)
    if (isAffordable(tokenBound(prompt) * perByte)) return prompt
  }
  return synthesisPrompt(request, 0)
}

function synthesisPrompt(
  { input, plan, landed, diffStat, diff, resolutions }: SynthesisRequest,
  share: number,
): string {
  const quotes = plannerQuotes(input)
  const most = Math.floor((MOST_OF_HAND_OFFS * share) / Math.max(1, landed.length))
  return [
    plannerInputText(input),
    '# What was planned and done',
    planOverview(plan, quotes),
    ...landed.map(({ task, handOff }) => landedTaskText(task, handOff, quotes, most)),
    ...(resolutions.length === 0 ? [] : [`These tasks settled conflicts with others: ${resolutions.join(', ')}.`]),
    'Files of the whole change:',
    quotes.data('files', diffStat, Math.floor(MOST_OF_STAT * share)),
    'The diff of the whole change, as far as there is room:',
    quotes.data('diff', diff, Math.floor(MOST_OF_DIFF * share)),
    SYNTHESIS,
  ].join('\n\n')
}

function landedTaskText(task: Task, handOff: HandOff | null, quotes: Quotes, most: number): string {
  const { id, title, expected_outcome } = task
  const text =
    handOff === null ? `${title}: done by a program. ${expected_outcome}` : `${title}\n${handOffText(handOff)}`
  return quotedHandOff(id, text, quotes, most)
}
