import { codeNamesIn } from '../../../core/text/code-names.ts'
import type { PlannerInput } from '../planner-input.ts'

/** What tells how much a path matters for an issue; each map is by path. */
export interface PathSignals {
  /** Words of the issue. */
  words: readonly string[]
  /** How many names of the issue's code a file holds. */
  mentions: ReadonlyMap<string, number>
  importers: ReadonlyMap<string, number>
  /** How many of the newest commits changed it. */
  lately: ReadonlyMap<string, number>
}

const MOST_IN_PATH = 3
/** What the issue says counts most, then what others build on, then what is worked on. */
const WEIGHT = { word: 4, mention: 5, importers: 1, lately: 0.7 } as const

/** A weight for each path; 0 if nothing speaks for it. */
export function pathWeights(
  paths: readonly string[],
  { words, mentions, importers, lately }: PathSignals,
): Map<string, number> {
  const weightOf = (path: string): number => {
    const lower = path.toLowerCase()
    const named = words.filter((word) => lower.includes(word)).length
    return (
      Math.min(MOST_IN_PATH, named) * WEIGHT.word +
      (mentions.get(path) ?? 0) * WEIGHT.mention +
      Math.log2(1 + (importers.get(path) ?? 0)) * WEIGHT.importers +
      Math.log2(1 + (lately.get(path) ?? 0)) * WEIGHT.lately
    )
  }
  return new Map(paths.map((path) => [path, weightOf(path)]))
}

const LEAST_LETTERS = 4
const MOST_WORDS = 200

type Asked = Pick<PlannerInput, 'issue' | 'words'>

const textOf = ({ issue, words }: Asked): string => `${issue.title} ${words} ${issue.body}`

/** The words of an issue that may be part of a path, in lower case. */
export function issueWords(input: Asked): string[] {
  const all =
    textOf(input)
      .toLowerCase()
      .match(/[\p{L}\p{N}_-]+/gu) ?? []
  return [...new Set(all.filter((word) => word.length >= LEAST_LETTERS))].slice(0, MOST_WORDS)
}

const MOST_NAMES = 8

/** Names of code in an issue, by their form. */
export const issueNames = (input: Asked): string[] => [...new Set(codeNamesIn(textOf(input)))].slice(0, MOST_NAMES)
