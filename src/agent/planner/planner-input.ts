import type { Sha } from '../../core/ids.ts'
import type { Exploration, PlanOptions } from '../../core/plan/planning.ts'
import type { Settings } from '../../core/settings.ts'
import type { Block, ModelRequest } from '../../ports/model.ts'
import { explorationInWords } from '../prompts/plan-text.ts'
import { PLANNING } from '../prompts/planner-instructions.ts'
import { data, outside } from '../prompts/quote.ts'

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

const BODY = 30_000
const COMMENT = 6000
const MOST_COMMENTS = 20
const INSTRUCTIONS = 12_000

/**
 * What every stage is told first, in the same bytes: what is asked for, and how the repository wants to be worked on. The
 * newest comments count where there are too many.
 */
export function inputInWords({ issue, comments, words, instructions, nonce }: PlannerInput): string {
  return [
    `# What is asked for\n\nIssue #${issue.number}, as it stood when the plan was asked for:`,
    outside('issue title', issue.title, nonce, 500),
    outside('issue body', issue.body, nonce, BODY),
    ...comments.slice(-MOST_COMMENTS).map((comment) => outside('comment', comment, nonce, COMMENT)),
    ...(words === '' ? [] : ['The person who asked for the plan added, word for word:', data('request', words, nonce)]),
    ...(instructions.length === 0 ? [] : ['# How this repository wants to be worked on']),
    ...instructions.map(({ path, text }) => data(`file ${path}`, text, nonce, INSTRUCTIONS)),
  ].join('\n\n')
}

export const planningSystem: ModelRequest['system'] = [{ text: PLANNING }]

/** The part that design, critique and a second design have in common, marked for the model's cache. */
export const sharedBlocks = (input: PlannerInput, explorations: readonly Exploration[]): Block[] => [
  { kind: 'text', text: inputInWords(input) },
  { kind: 'text', text: exploredInWords(explorations, input.nonce), cache: true },
]

const exploredInWords = (explorations: readonly Exploration[], nonce: string): string =>
  [
    '# What was found in the repository',
    ...(explorations.length === 0 ? ['Nothing was looked up.'] : []),
    ...explorations.map((one) => explorationInWords(one, nonce)),
  ].join('\n\n')
