import { z } from 'zod'
import type { Plan, Task } from '../../core/plan/plan.ts'
import type { HandOff } from '../../core/run/hand-off.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import { handOffInWords, planOnAPage } from '../prompts/plan-text.ts'
import { SYNTHESIS } from '../prompts/planner-instructions.ts'
import { data } from '../prompts/quote.ts'
import { inputInWords, type PlannerInput, planningSystem } from './planner-input.ts'
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
  /** Tasks that settled a conflict with others. */
  resolutions: readonly string[]
}

export type Synthesis = { ok: true; title: string; body: string; contradictions: string[] } | NoAnswer

const synthesisSchema = z.strictObject({
  contradictions: z.array(z.string()),
  title: z.string().min(1),
  body: z.string(),
})

const MOST_TOKENS = 8000
const TITLE = 120
const BODY = 8000
const CONTRADICTIONS = 10
const SENTENCE = 400
const DIFF = 60_000
const STAT = 8000
/** Characters of all hand-offs together: with many tasks each has less room. */
const HAND_OFFS = 60_000

/** What the final pull request says of the change as one. The words are a model's: whoever shows them escapes them. */
export async function synthesise(request: SynthesisRequest, signal: AbortSignal): Promise<Synthesis> {
  const { metered, model, input } = request
  const blocks = [{ kind: 'text' as const, text: [inputInWords(input), synthesisWords(request)].join('\n\n') }]
  const asked = { metered, model, system: planningSystem, blocks, schema: synthesisSchema, maxTokens: MOST_TOKENS }
  const answer = await structuredAnswer(asked, signal)
  if (!answer.ok) return answer
  const { title, body, contradictions } = answer.value
  return {
    ok: true,
    title: title.replace(/\s+/g, ' ').trim().slice(0, TITLE),
    body: body.trim().slice(0, BODY),
    contradictions: contradictions
      .map((one) => one.trim().slice(0, SENTENCE))
      .filter((one) => one !== '')
      .slice(0, CONTRADICTIONS),
  }
}

const synthesisWords = ({ input: { nonce }, plan, landed, diffStat, diff, resolutions }: SynthesisRequest): string =>
  [
    '# What was planned and done',
    planOnAPage(plan, nonce),
    ...landed.map(({ task, handOff }) => doneInWords(task, handOff, nonce, HAND_OFFS / Math.max(1, landed.length))),
    ...(resolutions.length === 0 ? [] : [`These tasks settled conflicts with others: ${resolutions.join(', ')}.`]),
    'Files of the whole change:',
    data('files', diffStat, nonce, STAT),
    'The diff of the whole change, as far as there is room:',
    data('diff', diff, nonce, DIFF),
    SYNTHESIS,
  ].join('\n\n')

const doneInWords = ({ id, title, expected_outcome }: Task, handOff: HandOff | null, nonce: string, most: number) =>
  data(
    `hand-off of ${id}`,
    handOff === null ? `${title}: done by a program. ${expected_outcome}` : `${title}\n${handOffInWords(handOff)}`,
    nonce,
    Math.floor(most),
  )
