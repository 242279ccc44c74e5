import type { Block, ToolSpec } from '../../ports/model.ts'
import type { Sources } from '../../ports/sources.ts'
import type { Budget } from '../loop/metered-model.ts'
import { countRepeats } from '../loop/repeated-calls.ts'
import { runToolCalls, type ToolCall } from '../loop/tool-round.ts'
import { readingTools } from '../tools/reading-tools.ts'
import { type Tool, type ToolAnswer, toolError } from '../tools/tool.ts'

/** What a planner may look up for one answer: once a limit is reached, no call is answered any more, and it has to answer. */
export interface LookUps {
  specs: readonly ToolSpec[]
  isOpen(): boolean
  /** The results of the calls, and a word if they were the last. */
  run(calls: readonly ToolCall[], signal: AbortSignal): Promise<Block[]>
}

const MOST_CALLS = 30
/** Of the money that was left before the first call. */
const MOST_SHARE = 1 / 5
/** Characters of all results together: enough for signatures and commands, not for whole files. */
const MOST_CHARACTERS = 80_000

const OVER = 'Your look-ups are over. Answer now.'

/** Look-ups in the files of the base; `sources` null: none are offered. */
export function lookUpsIn(sources: Sources | null, budget: Pick<Budget, 'left'>): LookUps {
  const start = budget.left()
  const repeats = countRepeats()
  let calls = 0
  let characters = 0
  let isStuck = false
  const counted = async (one: Tool, input: unknown, signal: AbortSignal): Promise<ToolAnswer> => {
    calls += 1
    if (calls > MOST_CALLS || characters > MOST_CHARACTERS) return toolError(OVER)
    const answer = await one.use(input, signal)
    if ('text' in answer) characters += answer.text.length
    return answer
  }
  const tools = (sources === null ? [] : readingTools(sources)).map((one) => ({
    ...one,
    use: (input: unknown, signal: AbortSignal) => counted(one, input, signal),
  }))
  const isOpen = () =>
    tools.length > 0 &&
    !isStuck &&
    calls < MOST_CALLS &&
    characters < MOST_CHARACTERS &&
    start - budget.left() < start * MOST_SHARE
  return {
    specs: tools.map(({ spec }) => spec),
    isOpen,
    async run(wanted, signal) {
      const { results, stopReason } = await runToolCalls({ tools, signal }, wanted, repeats)
      isStuck = stopReason !== null
      return isOpen() ? [...results] : [...results, { kind: 'text', text: OVER }]
    },
  }
}
