import type { ToolKind } from '../tools/tool.ts'

/** One call and what came of it. */
export interface CompletedCall {
  name: string
  kind: ToolKind
  input: unknown
  answer: string
  failed: boolean
}

interface Repetition {
  times: number
  what: string
}

export interface RepeatCounter {
  /** Takes in a call, and says what came how often by now. */
  add(call: CompletedCall): Repetition
}

/** Repetitions after which an agent is warned, and stopped. */
export const WARN_AFTER = 3
export const STOP_AFTER = 5
/** Patterns of so many calls are seen: A A, A B A B, A B C A B C. */
const LENGTHS = [1, 2, 3]
/** Calls that are remembered while nothing changes: what comes round more slowly is reading, not a loop. */
const WINDOW = 24

/**
 * Notices an agent that goes in circles: the same calls in the same order again and again; or, as long as it changes no
 * file, the same call with the same answer, or the same error whatever the input.
 */
export function countRepeats(): RepeatCounter {
  let calls: string[] = []
  let unchanged: CompletedCall[] = []
  return {
    add(call) {
      calls = [...calls, keyOf(call)].slice(-Math.max(...LENGTHS) * STOP_AFTER)
      unchanged = call.kind === 'change' && !call.failed ? [] : [...unchanged, call].slice(-WINDOW)
      const found = [
        ...LENGTHS.map((length) => inTurn(calls, length)),
        sameAnswer(unchanged, call),
        sameError(unchanged, call),
      ]
      return found.reduce((a, b) => (b.times > a.times ? b : a))
    },
  }
}

const keyOf = ({ name, input }: CompletedCall): string => `${name} ${JSON.stringify(sorted(input))}`

/** How often the last so many calls stand at the end, one time after another. */
function inTurn(calls: readonly string[], length: number): Repetition {
  let same = Math.min(length, calls.length)
  while (same < calls.length && calls.at(-1 - same) === calls.at(-1 - same + length)) same += 1
  return { times: Math.floor(same / length), what: length === 1 ? 'the same call' : `the same ${length} calls in turn` }
}

const sameAnswer = (all: readonly CompletedCall[], call: CompletedCall): Repetition => ({
  times: all.filter((one) => keyOf(one) === keyOf(call) && one.answer === call.answer).length,
  what: 'the same call with the same answer',
})

const sameError = (all: readonly CompletedCall[], call: CompletedCall): Repetition => ({
  times: call.failed ? all.filter((one) => one.failed && one.answer === call.answer).length : 0,
  what: 'the same error',
})

/** Two objects that differ in the order of their fields are the same input. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, inner]) => [name, sorted(inner)]))
}
