import { z } from 'zod'
import type { Exploration, PlanDraft } from '../../core/plan/planning.ts'
import type { Sources } from '../../ports/sources.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import { listOf, planOverview, tasksAsJson } from '../prompts/plan-text.ts'
import { CRITIQUE } from '../prompts/planner-instructions.ts'
import type { Quotes } from '../prompts/quote.ts'
import { commandTerms } from './command-terms.ts'
import { type PlannerInput, plannerQuotes, planningSystem, sharedBlocks } from './planner-input.ts'
import { type NoAnswer, structuredAnswer } from './structured-answer.ts'

const critiqueSchema = z.strictObject({ problems: z.array(z.string()), accepted: z.boolean() })

export interface CritiqueRequest {
  metered: MeteredModel
  model: string
  sources: Sources
  input: PlannerInput
  explorations: readonly Exploration[]
  draft: PlanDraft
}

export type Critique = { ok: true; accepted: boolean; problems: string[] } | NoAnswer

const MOST_TOKENS = 16_000
const MOST_PROBLEMS = 12
const LONGEST_PROBLEM = 600

/** Judges a draft with a fresh context. A rejection that names no problem counts as acceptance. */
export async function critique(request: CritiqueRequest, signal: AbortSignal): Promise<Critique> {
  const { metered, model, sources, input, explorations } = request
  const text = critiquePrompt(request)
  const blocks = [...sharedBlocks(input, explorations), { kind: 'text' as const, text }]
  const call = {
    metered,
    model,
    sources,
    system: planningSystem,
    blocks,
    schema: critiqueSchema,
    maxTokens: MOST_TOKENS,
  }
  const answer = await structuredAnswer(call, signal)
  if (!answer.ok) return answer
  const problems = answer.value.problems
    .map((problem) => problem.trim().slice(0, LONGEST_PROBLEM))
    .filter((problem) => problem !== '')
    .slice(0, MOST_PROBLEMS)
  return { ok: true, accepted: answer.value.accepted || problems.length === 0, problems }
}

function critiquePrompt({ draft, input }: CritiqueRequest): string {
  const quotes = plannerQuotes(input)
  return [
    CRITIQUE,
    planOverview(draft.plan, quotes),
    ...assumptionsText(draft, quotes),
    ...commandTerms(input.settings),
    tasksAsJson(draft.plan.tasks, quotes),
    ...(draft.notes.length === 0
      ? []
      : ['A machine has changed or remarked:', quotes.data('notes', listOf(draft.notes))]),
    ...(draft.problems.length === 0
      ? []
      : [
          'A machine has found these problems; they are known, so add to them only what follows from them:',
          quotes.data('problems', listOf(draft.problems)),
        ]),
  ].join('\n\n')
}

function assumptionsText({ plan: { assumptions, non_goals } }: PlanDraft, quotes: Quotes): string[] {
  const text = [
    ...(assumptions.length === 0 ? [] : [`Assumptions:\n${listOf(assumptions)}`]),
    ...(non_goals.length === 0 ? [] : [`Not part of it:\n${listOf(non_goals)}`]),
  ]
  return text.length === 0 ? [] : [quotes.data('assumptions', text.join('\n\n'))]
}
