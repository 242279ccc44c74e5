import type { PlannerInput } from './planner-input.ts'

/** A part of the repository for one explorer; `look`: what to look for there, as the object of a sentence. */
export interface Area {
  name: string
  look: string
}

/** Numbers of files up to which one explorer is enough, and two are. */
const SMALL = 150
const MEDIUM = 800
const MOST_FOLDERS = 12

const CHECKS: Area = {
  name: 'tests, checks and conventions',
  look: 'how the code is built, tested and checked here (commands word for word, in manifests, scripts and workflow files), where the tests of what is to be changed are and how they are written, and which conventions new code must keep',
}

/**
 * One to three areas, by the size of the repository, the paths that the plan was asked for and the words of the issue.
 * Deterministic.
 */
export function areasOf({ paths, more }: { paths: readonly string[]; more: boolean }, input: PlannerInput): Area[] {
  if (paths.length <= SMALL && !more)
    return [{ name: 'the repository', look: `all that the planner has to know of it, also ${CHECKS.look}` }]
  const requested = input.options.paths
  if (requested.length > 0)
    return [{ name: requested.join(', '), look: 'what is there, and who uses it from elsewhere' }, CHECKS]
  const folders = ranked(paths, wordsOf(input))
  if (folders.length < 2 || (paths.length <= MEDIUM && !more))
    return [{ name: `the code (${named(folders)})`, look: LOOK }, CHECKS]
  const half = Math.ceil(folders.length / 2)
  return [
    { name: `the code, first part (${named(folders.slice(0, half))})`, look: LOOK },
    { name: `the code, second part (${named(folders.slice(half))})`, look: LOOK },
    CHECKS,
  ]
}

const LOOK = 'where the change belongs there, what it touches, and who calls what it touches'

const named = (folders: readonly string[]): string =>
  folders.length === 0 ? 'the whole repository' : folders.slice(0, MOST_FOLDERS).join(', ')

/** Folders, those with paths that match most words of the issue first, then the largest. */
function ranked(paths: readonly string[], words: readonly string[]): string[] {
  const folders = foldersOf(paths)
  const score = (folder: string) => {
    const inside = paths.filter((path) => path.startsWith(folder))
    return {
      folder,
      files: inside.length,
      words: words.filter((word) => inside.some((path) => path.toLowerCase().includes(word))).length,
    }
  }
  return folders
    .map(score)
    .toSorted((a, b) => b.words - a.words || b.files - a.files || (a.folder < b.folder ? -1 : 1))
    .map(({ folder }) => folder)
}

/** A folder that holds more than this share of the files is replaced with the folders in it. */
const DOMINANT_SHARE = 0.6
const MOST_LEVELS = 3

function foldersOf(paths: readonly string[], under = '', depth = 0): string[] {
  const counts = new Map<string, number>()
  for (const path of paths) {
    const end = path.indexOf('/', under.length)
    if (!path.startsWith(under) || end < 0) continue
    const folder = path.slice(0, end + 1)
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts].flatMap(([folder, count]) => {
    const within =
      depth < MOST_LEVELS && count > paths.length * DOMINANT_SHARE ? foldersOf(paths, folder, depth + 1) : []
    return within.length > 1 ? within : [folder]
  })
}

const LEAST_LETTERS = 4
const MOST_WORDS = 200

const wordsOf = ({ issue, words }: PlannerInput): string[] => {
  const all = `${issue.title} ${words} ${issue.body}`.toLowerCase().match(/[\p{L}\p{N}_-]+/gu) ?? []
  return [...new Set(all.filter((word) => word.length >= LEAST_LETTERS))].slice(0, MOST_WORDS)
}
