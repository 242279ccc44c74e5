import type { Sha } from '../../core/ids.ts'
import type { Exploration, PlanOptions } from '../../core/plan/planning.ts'
import type { Settings } from '../../core/settings.ts'
import type { Block, ModelRequest } from '../../ports/model.ts'
import { explorationText, issueText } from '../prompts/plan-text.ts'
import { PLANNING } from '../prompts/planner-instructions.ts'
import { type Quotes, quotesWith } from '../prompts/quote.ts'

/** Facts that are frozen for all stages of a run's planner. What people and files say is data, whoever wrote it. */
export interface PlannerInput {
  issue: { number: number; title: string; body: string }
  /** Of people with a say in the repository only. */
  comments: readonly string[]
  /** After `/plan --`, word for word. */
  words: string
  options: PlanOptions
  settings: Settings
  base: Sha
  /** In every fence: nobody who wrote what is inside could know it. */
  nonce: string
  /** `AGENTS.md`, `CLAUDE.md` of the base branch. */
  instructions: readonly { path: string; text: string }[]
}

/** Characters of a quoted text, unless the call names another limit. */
const MOST_OF_QUOTE = 20_000
const MOST_OF_BODY = 30_000
const MOST_OF_COMMENT = 6000
const MOST_COMMENTS = 20
const MOST_OF_INSTRUCTIONS = 12_000

export const plannerQuotes = ({ nonce }: PlannerInput): Quotes => quotesWith(nonce, MOST_OF_QUOTE)

/**
 * What every stage is told first, in the same bytes: what is asked for, and how the repository wants to be worked on. The
 * newest comments count where there are too many.
 */
export function plannerInputText(input: PlannerInput): string {
  const { issue, comments, words, instructions } = input
  const quotes = plannerQuotes(input)
  return [
    '# What is asked for',
    ...issueText(issue, quotes, MOST_OF_BODY),
    ...comments.slice(-MOST_COMMENTS).map((comment) => quotes.untrusted('comment', comment, MOST_OF_COMMENT)),
    ...(words === '' ? [] : ['The person who asked for the plan added, word for word:', quotes.data('request', words)]),
    ...(instructions.length === 0 ? [] : ['# How this repository wants to be worked on']),
    ...instructions.map(({ path, text }) => quotes.data(`file ${path}`, text, MOST_OF_INSTRUCTIONS)),
  ].join('\n\n')
}

export const planningSystem: ModelRequest['system'] = [{ text: PLANNING }]

/** The part that design, critique and a second design have in common, marked for the model's cache. */
export const sharedBlocks = (input: PlannerInput, explorations: readonly Exploration[]): Block[] => [
  { kind: 'text', text: plannerInputText(input) },
  { kind: 'text', text: explorationsSection(explorations, plannerQuotes(input)), cache: true },
]

const explorationsSection = (explorations: readonly Exploration[], quotes: Quotes): string =>
  [
    '# What was found in the repository',
    ...(explorations.length === 0 ? ['Nothing was looked up.'] : []),
    ...explorations.map((one) => explorationText(one, quotes)),
  ].join('\n\n')
