import type { ToolKind } from '../tools/tool.ts'

/** A tool call and its answer. */
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
  /** Records a call; returns the pattern that repeats most, and how often it has occurred in a row. */
  add(call: CompletedCall): Repetition
}

/** Occurrences at which the agent is warned, and at which it is stopped. */
export const WARN_AFTER = 3
export const STOP_AFTER = 5
/** Lengths of the patterns that are found: A A, A B A B, A B C A B C. */
const PATTERN_LENGTHS = [1, 2, 3]
/** Calls that are remembered while nothing changes: a call that returns after more of them is reading, not a loop. */
const WINDOW = 24

/**
 * Detects an agent in a loop: the same calls repeated in the same order; or, as long as no file is changed, the same call
 * with the same answer, or the same error of a tool for any input. Commands that fail alike, such as searches without a match,
 * are no loop.
 */
export function countRepeats(): RepeatCounter {
  let calls: string[] = []
  let unchanged: CompletedCall[] = []
  return {
    add(call) {
      calls = [...calls, keyOf(call)].slice(-Math.max(...PATTERN_LENGTHS) * STOP_AFTER)
      unchanged = call.kind === 'change' && !call.failed ? [] : [...unchanged, call].slice(-WINDOW)
      const found = [
        ...PATTERN_LENGTHS.map((length) => repeatedPattern(calls, length)),
        sameAnswer(unchanged, call),
        sameError(unchanged, call),
      ]
      return found.reduce((a, b) => (b.times > a.times ? b : a))
    },
  }
}

const keyOf = ({ name, input }: CompletedCall): string => `${name} ${JSON.stringify(sorted(input))}`

/** How often in a row the last `length` calls occur at the end of the list. */
function repeatedPattern(calls: readonly string[], length: number): Repetition {
  let same = Math.min(length, calls.length)
  while (same < calls.length && calls.at(-1 - same) === calls.at(-1 - same + length)) same += 1
  return { times: Math.floor(same / length), what: length === 1 ? 'the same call' : `the same ${length} calls in turn` }
}

const sameAnswer = (all: readonly CompletedCall[], call: CompletedCall): Repetition => ({
  times: all.filter((one) => keyOf(one) === keyOf(call) && one.answer === call.answer).length,
  what: 'the same call with the same answer',
})

const sameError = (all: readonly CompletedCall[], call: CompletedCall): Repetition => ({
  times:
    call.failed && call.kind !== 'run'
      ? all.filter((one) => one.failed && one.kind !== 'run' && one.answer === call.answer).length
      : 0,
  what: 'the same error',
})

/** Inputs that differ only in the order of fields are the same. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, inner]) => [name, sorted(inner)]))
}
