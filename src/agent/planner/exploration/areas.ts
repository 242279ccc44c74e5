import type { PlannerInput } from '../planner-input.ts'
import { type RepositoryOverview, rankedFolders } from './overview.ts'

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
 * One to three areas, by the size of the repository, the paths that the plan was asked for and what matters for the issue.
 * Deterministic.
 */
export function areasOf(overview: Omit<RepositoryOverview, 'files'>, input: PlannerInput): Area[] {
  const { paths, more, weights, packages } = overview
  if (paths.length <= SMALL && !more)
    return [{ name: 'the repository', look: `all that the planner has to know of it, also ${CHECKS.look}` }]
  const requested = input.options.paths
  if (requested.length > 0)
    return [{ name: requested.join(', '), look: 'what is there, and who uses it from elsewhere' }, CHECKS]
  const folders = rankedFolders(unitsOf(paths, packages), paths, weights)
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

function named(folders: readonly string[]): string {
  if (folders.length === 0) return 'the whole repository'
  const more = folders.length - MOST_FOLDERS
  return `${folders.slice(0, MOST_FOLDERS).join(', ')}${more > 0 ? ` and ${more} more folders` : ''}`
}

/** What explorers share among them: the packages of a workspace and the folders around them, else folders. */
function unitsOf(paths: readonly string[], packages: readonly string[]): string[] {
  if (packages.length < 2) return foldersOf(paths)
  const known = new Set(packages)
  const around = paths.filter((path) => !isWithin(path, known))
  return [...packages.filter((folder) => !isWithin(folder.slice(0, -1), known)), ...foldersOf(around)]
}

function isWithin(path: string, folders: ReadonlySet<string>): boolean {
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1))
    if (folders.has(path.slice(0, end + 1))) return true
  return false
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
