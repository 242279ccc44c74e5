import type { Sha } from '../../core/ids.ts'
import type { KnownBase } from '../../core/plan/known-base.ts'
import type { Exploration, PlanOptions } from '../../core/plan/planning.ts'
import type { Settings } from '../../core/settings.ts'
import type { Block, ModelRequest } from '../../ports/model.ts'
import { type Instructions, instructionSections } from '../prompts/instructions.ts'
import { explorationText, issueText } from '../prompts/plan-text.ts'
import { PLANNING } from '../prompts/planner-instructions.ts'
import { type Quotes, quotesWith } from '../prompts/quote.ts'

/**
 * The input of all planner stages, frozen for the run. Text of people and files is quoted as data, also that of trusted
 * authors.
 */
export interface PlannerInput {
  issue: { number: number; title: string; body: string }
  /** Of people with write access only. */
  comments: readonly string[]
  /** The text after `/plan --`, unchanged. */
  words: string
  options: PlanOptions
  settings: Settings
  base: Sha
  /** In every fence: the authors of quoted text cannot know it. */
  nonce: string
  /** Of the base, as the instructions. */
  known: KnownBase
  instructions: Instructions
}

/** Characters of a quoted text, unless the call names another limit. */
const MOST_OF_QUOTE = 20_000
const MOST_OF_BODY = 30_000
const MOST_OF_COMMENT = 6000
const MOST_COMMENTS = 20

export const plannerQuotes = ({ nonce }: PlannerInput): Quotes => quotesWith(nonce, MOST_OF_QUOTE)

/**
 * The start of every stage's prompt, identical to the byte: the request, and the repository's own instructions. Of too many
 * comments, the newest are quoted.
 */
export function plannerInputText(input: PlannerInput): string {
  const { issue, comments, words, instructions } = input
  const quotes = plannerQuotes(input)
  return [
    '# What is asked for',
    ...issueText(issue, quotes, MOST_OF_BODY),
    ...comments.slice(-MOST_COMMENTS).map((comment) => quotes.untrusted('comment', comment, MOST_OF_COMMENT)),
    ...(words === '' ? [] : ['The person who asked for the plan added, word for word:', quotes.person(null, words)]),
    ...instructionSections('How this repository wants to be worked on', instructions, quotes),
  ].join('\n\n')
}

export const planningSystem: ModelRequest['system'] = [{ text: PLANNING }]

/** The blocks that design, critique and a second design share, marked for the model's cache. */
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
