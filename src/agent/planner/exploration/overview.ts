import type { CommitSources } from '../../../ports/sources.ts'
import type { PlannerInput } from '../planner-input.ts'
import { IMPORT_LINE, importersOf } from './importers.ts'
import { issueNames, issueWords, type PathSignals, pathWeights } from './path-weights.ts'

/** What is read of a repository without a model: the same for all explorers. */
export interface RepositoryOverview {
  paths: string[]
  /** There are more paths than were listed. */
  more: boolean
  /** How much each path matters for the issue. */
  weights: ReadonlyMap<string, number>
  /** Folders with a manifest of their own, each ending in `/`; without the top. */
  packages: string[]
  files: { path: string; text: string }[]
}

const MOST_PATHS = 100_000
/** Paths up to which all are shown, and nothing has to be ranked. */
export const FEW_PATHS = 150
const MOST_LINES = 20_000
const MOST_MENTIONS = 100

/** Files at the top that say how a repository is built and checked. */
const KEY_FILES: readonly RegExp[] = [
  /^readme(?:\.\w+)?$/i,
  /^(?:package|deno|composer)\.jsonc?$/,
  /^(?:pyproject|Cargo|Pipfile)(?:\.toml)?$/,
  /^(?:go\.mod|go\.work|pnpm-workspace\.yaml|pom\.xml|build\.gradle(?:\.kts)?|Gemfile|mix\.exs|tox\.ini|setup\.cfg)$/,
  /^(?:[Mm]akefile|[Jj]ustfile|Taskfile\.ya?ml)$/,
]
const MOST_KEY_FILES = 6
/** Manifests of the packages that matter most. */
const MOST_MANIFESTS = 3

const MANIFEST =
  /^(.+\/)(?:package\.json|pyproject\.toml|Cargo\.toml|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|composer\.json|mix\.exs)$/
const NOT_OURS = /(?:^|\/)(?:node_modules|vendor|third_party|fixtures?|testdata|templates?|examples?)\//

export async function readOverview(sources: CommitSources, input: PlannerInput): Promise<RepositoryOverview> {
  const { paths, more } = await sources.list('**', MOST_PATHS)
  const signals = await (paths.length > FEW_PATHS ? signalsIn(sources, paths, input) : onlyWords(input))
  const weights = pathWeights(paths, signals)
  const packages = packagesIn(paths)
  const keyFiles = KEY_FILES.flatMap((name) => paths.filter((path) => name.test(path))).slice(0, MOST_KEY_FILES)
  const read = [...keyFiles, ...manifestsOf(rankedFolders(packages, paths, weights), paths)].map(async (path) => {
    const file = await sources.read(path)
    return file === null || file.binary ? [] : [{ path, text: file.text }]
  })
  return { paths, more, weights, packages, files: (await Promise.all(read)).flat() }
}

const onlyWords = (input: PlannerInput): PathSignals => ({
  words: issueWords(input),
  mentions: new Map(),
  importers: new Map(),
  lately: new Map(),
})

async function signalsIn(sources: CommitSources, paths: readonly string[], input: PlannerInput): Promise<PathSignals> {
  const imports = sources.search(IMPORT_LINE, { literal: false, glob: null, most: MOST_LINES })
  const named = issueNames(input).map((name) =>
    sources.search(name, { literal: true, glob: null, most: MOST_MENTIONS }),
  )
  const lately = await sources.changedLately()
  const found = await imports
  const mentions = new Map<string, number>()
  for (const one of await Promise.all(named))
    for (const path of new Set(one.ok ? one.lines.map((line) => line.path) : []))
      mentions.set(path, (mentions.get(path) ?? 0) + 1)
  return { words: issueWords(input), mentions, importers: importersOf(found.ok ? found.lines : [], paths), lately }
}

const packagesIn = (paths: readonly string[]): string[] =>
  [...new Set(paths.flatMap((path) => (NOT_OURS.test(path) ? [] : (MANIFEST.exec(path)?.[1] ?? []))))].toSorted()

const manifestsOf = (packages: readonly string[], paths: readonly string[]): string[] =>
  packages.slice(0, MOST_MANIFESTS).flatMap((folder) => paths.find((path) => MANIFEST.exec(path)?.[1] === folder) ?? [])

/** How many of its heaviest paths a folder is weighed by: a large folder is not better for being large. */
const WEIGHED = 5

const ancestorsOf = (path: string): string[] => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index + 1))

/** The folders, heaviest first, then the largest. `homes`: the folders that a path counts for; all that it lies in. */
export function rankedFolders(
  folders: readonly string[],
  paths: readonly string[],
  weights: ReadonlyMap<string, number>,
  homes: (path: string) => readonly string[] = ancestorsOf,
): string[] {
  const inside = new Map(folders.map((folder) => [folder, [] as number[]]))
  for (const path of paths) for (const folder of homes(path)) inside.get(folder)?.push(weights.get(path) ?? 0)
  const weighed = [...inside].map(([folder, all]) => {
    const heaviest = all.toSorted((a, b) => b - a).slice(0, WEIGHED)
    return { folder, files: all.length, weight: heaviest.reduce((sum, one) => sum + one, 0) }
  })
  return weighed
    .toSorted((a, b) => b.weight - a.weight || b.files - a.files || (a.folder < b.folder ? -1 : 1))
    .map(({ folder }) => folder)
}
