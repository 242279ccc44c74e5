import { z } from 'zod'

const LONGEST = 400
const LONGEST_PATH = 200
const MOST_PATHS = 60
const line = z.string().max(LONGEST)

/**
 * A finished task's summary for its dependants: plain text of limited length, so that a brief grows only with the number of
 * needs. `files` and `check` are facts, from git and from our run of the acceptance.
 */
export const handOffSchema = z.strictObject({
  did: z.string().max(1200),
  files: z.array(z.string().max(LONGEST_PATH)).max(MOST_PATHS),
  interfaces: z.array(line).max(12),
  decisions: z.array(line).max(8),
  caveats: z.array(line).max(8),
  follow_ups: z.array(line).max(8),
  check: z.string().max(LONGEST),
})
export type HandOff = z.infer<typeof handOffSchema>

const MOST_STEPS = 12
const LONGEST_STEP = 200
/** The last calls of an agent's tools, a line each, for an attempt that goes on from its work. */
export const stepsSchema = z.array(z.string().max(LONGEST_STEP)).max(MOST_STEPS)

export const stepsOf = (calls: readonly string[]): string[] =>
  calls.slice(-MOST_STEPS).map((call) => shortened(call, LONGEST_STEP))

/** An agent's summary of its work, of any length. */
export type WorkSummary = Pick<HandOff, 'did' | 'interfaces' | 'decisions' | 'caveats' | 'follow_ups'>

/** The facts about the work, independent of the agent. */
type Known = Pick<HandOff, 'files' | 'check'>

/** Truncates the lines and lists to the limits of a hand-off. */
export const handOffOf = (said: WorkSummary, { files, check }: Known): HandOff => ({
  did: shortened(said.did, 1200),
  files: fewPaths(files),
  interfaces: linesOf(said.interfaces, 12),
  decisions: linesOf(said.decisions, 8),
  caveats: linesOf(said.caveats, 8),
  follow_ups: linesOf(said.follow_ups, 8),
  check: shortened(check, LONGEST),
})

const linesOf = (lines: readonly string[], most: number): string[] =>
  lines
    .map((text) => shortened(text.trim(), LONGEST))
    .filter((text) => text !== '')
    .slice(0, most)

/** At most 60 paths of 200 characters; if there are more, the last entry is the number of the others. */
export const fewPaths = (paths: readonly string[]): string[] => {
  const most = paths.length <= MOST_PATHS ? MOST_PATHS : MOST_PATHS - 1
  const kept = paths.slice(0, most).map((path) => shortened(path, LONGEST_PATH))
  return paths.length <= most ? kept : [...kept, `and ${paths.length - most} more`]
}

/** Cuts at the end, without leaving half a surrogate pair. */
const shortened = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`

/** One line, for tasks that do not need this one directly. */
export const inOneLine = ({ did }: HandOff): string => (did.split('\n')[0] ?? '').slice(0, 160)
