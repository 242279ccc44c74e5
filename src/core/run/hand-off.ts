import { z } from 'zod'

const LONGEST = 400
const LONGEST_PATH = 200
const MOST_PATHS = 60
/** Lines in each list, and characters in the four lists together: what a brief pays for is their size, not how they are divided. */
const MOST_LINES = 60
const MOST_WORDS = 14_400
const lines = z.array(z.string().max(LONGEST)).max(MOST_LINES)

/**
 * A finished task's summary for its dependants: plain text of limited length, so that a brief grows only with the number of
 * needs. `files` and `check` are facts, from git and from our run of the acceptance.
 */
export const handOffSchema = z
  .strictObject({
    did: z.string().max(1200),
    files: z.array(z.string().max(LONGEST_PATH)).max(MOST_PATHS),
    interfaces: lines,
    decisions: lines,
    caveats: lines,
    follow_ups: lines,
    check: z.string().max(LONGEST),
  })
  .refine((it) => LISTS.reduce((sum, list) => sum + it[list].join('').length, 0) <= MOST_WORDS, 'too many words')
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

/** In the order in which they get their room: dependants build on interfaces, and only look into follow-ups. */
const LISTS = ['interfaces', 'decisions', 'caveats', 'follow_ups'] as const

/** Truncates the lines and lists to the limits of a hand-off; a list that was cut ends with the number of lines left out. */
export function handOffOf(said: WorkSummary, { files, check }: Known): HandOff {
  const room = { left: MOST_WORDS - LISTS.length * NOTE }
  const [interfaces = [], decisions = [], caveats = [], follow_ups = []] = LISTS.map((list) => fitted(said[list], room))
  const did = shortened(said.did, 1200)
  return { did, files: fewPaths(files), interfaces, decisions, caveats, follow_ups, check: shortened(check, LONGEST) }
}

/** Characters that are kept for the number of lines left out. */
const NOTE = 20

/** The first lines that there is room for, which they take. */
function fitted(list: readonly string[], room: { left: number }): string[] {
  const all = list.map((text) => shortened(text.trim(), LONGEST)).filter((text) => text !== '')
  const kept: string[] = []
  for (const text of all) {
    if (text.length > room.left || kept.length === MOST_LINES - 1)
      return [...kept, `and ${all.length - kept.length} more`]
    room.left -= text.length
    kept.push(text)
  }
  return kept
}

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
