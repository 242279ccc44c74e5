import type { Exploration } from '../../core/plan/planning.ts'
import type { Block } from '../../ports/model.ts'
import type { Sources } from '../../ports/sources.ts'
import type { MeteredModel } from '../loop/metered-model.ts'
import type { Quotes } from '../prompts/quote.ts'
import { type Area, areasOf } from './areas.ts'
import { type ExplorationResult, exploreArea } from './explorer.ts'
import { type PlannerInput, plannerInputText, plannerQuotes } from './planner-input.ts'
import type { NoAnswer } from './structured-answer.ts'

interface ExploreRequest {
  metered: MeteredModel
  model: string
  sources: Sources
  input: PlannerInput
  /** Default: chosen by the size of the repository and the words of the issue. */
  areas?: readonly Area[]
}

type Explored = { ok: true; explorations: Exploration[] } | NoAnswer

const MOST_AREAS = 3

/**
 * Explores up to three areas in parallel, with one read-only agent each. A failed explorer is named among the unknowns of
 * the result; if all fail, so does the stage.
 */
export async function explore(request: ExploreRequest, signal: AbortSignal): Promise<Explored> {
  const { metered, model, sources, input } = request
  const overview = await readOverview(sources)
  const areas = (request.areas ?? areasOf(overview, input)).slice(0, MOST_AREAS)
  const shared = [plannerInputText(input), overviewText(overview, plannerQuotes(input))].join('\n\n')
  const results = await firstThenOthers(areas, metered, (area, own) =>
    exploreArea({ metered: own, model, sources, area: area.name, opening: openingOf(shared, area, input) }, signal),
  )
  return combined(areas, results)
}

const openingOf = (shared: string, { name, look }: Area, input: PlannerInput): Block[] => [
  { kind: 'text', text: shared, cache: true },
  { kind: 'text', text: `# Your work\n\nYour area:\n${plannerQuotes(input).data('area', name)}\n\nLook for ${look}.` },
]

/**
 * The others start when the answer to the first one starts: only then does the cache hold the prompt that they share.
 */
async function firstThenOthers(
  areas: readonly Area[],
  metered: MeteredModel,
  exploreOne: (area: Area, metered: MeteredModel) => Promise<ExplorationResult>,
): Promise<ExplorationResult[]> {
  const [first, ...others] = areas
  if (first === undefined) return []
  let markStarted = () => {}
  const started = new Promise<void>((resolve) => {
    markStarted = resolve
  })
  const leader = exploreOne(first, withStartCallback(metered, markStarted)).finally(markStarted)
  const followers = others.map((area) => started.then(() => exploreOne(area, metered)))
  return Promise.all([leader, ...followers])
}

const withStartCallback = (metered: MeteredModel, onStart: () => void): MeteredModel => ({
  ...metered,
  model: {
    ...metered.model,
    ask: (request) =>
      metered.model
        .ask({
          ...request,
          onStart() {
            request.onStart?.()
            onStart()
          },
        })
        .finally(onStart),
  },
})

function combined(areas: readonly Area[], results: readonly ExplorationResult[]): Explored {
  const explorations = results.flatMap((one) => (one.ok ? [one.exploration] : []))
  const failed = results.flatMap((one) => (one.ok ? [] : [one]))
  const [first, ...others] = explorations
  if (first === undefined)
    return (
      failed.find(({ underfunded: short }) => short) ??
      failed[0] ?? { ok: false, why: `nothing to explore in ${areas.length} areas` }
    )
  const unknowns = [...first.unknowns, ...failed.map(({ why }) => why)]
  return { ok: true, explorations: [{ ...first, unknowns }, ...others] }
}

/** Paths and main files of the repository, read without a model: the same for all explorers. */
interface RepositoryOverview {
  paths: string[]
  more: boolean
  files: { path: string; text: string }[]
}

const MOST_PATHS = 3000
const SHOWN_PATHS = 150
const MOST_OF_FILE = 4000

/** Files at the top that say how a repository is built and checked. */
const KEY_FILES: readonly RegExp[] = [
  /^readme(?:\.\w+)?$/i,
  /^(?:package|deno|composer)\.jsonc?$/,
  /^(?:pyproject|Cargo|Pipfile)(?:\.toml)?$/,
  /^(?:go\.mod|pom\.xml|build\.gradle(?:\.kts)?|Gemfile|mix\.exs|tox\.ini|setup\.cfg)$/,
  /^(?:[Mm]akefile|[Jj]ustfile|Taskfile\.ya?ml)$/,
]
const MOST_KEY_FILES = 6

async function readOverview(sources: Sources): Promise<RepositoryOverview> {
  const { paths, more } = await sources.list('**', MOST_PATHS)
  const keyFiles = KEY_FILES.flatMap((name) => paths.filter((path) => name.test(path))).slice(0, MOST_KEY_FILES)
  const read = await Promise.all(keyFiles.map(async (path) => ({ path, file: await sources.read(path) })))
  const files = read.flatMap(({ path, file }) => (file === null || file.binary ? [] : [{ path, text: file.text }]))
  return { paths, more, files }
}

const overviewText = ({ paths, more, files }: RepositoryOverview, quotes: Quotes): string =>
  [
    `# A first look at the repository (${paths.length}${more ? ' and more' : ''} files)`,
    quotes.data('paths', outline(paths).join('\n')),
    ...files.map(({ path, text }) => quotes.data(`file ${path}`, text, MOST_OF_FILE)),
  ].join('\n\n')

/** All paths if they are few; else the files at the top, and folders with the number of files in each. */
function outline(paths: readonly string[]): string[] {
  if (paths.length <= SHOWN_PATHS) return [...paths]
  const counts = new Map<string, number>()
  for (const path of paths) {
    const parts = path.split('/')
    const folder = parts.length === 1 ? path : `${parts.slice(0, Math.min(3, parts.length - 1)).join('/')}/`
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  const lines = [...counts].map(([folder, count]) => (folder.endsWith('/') ? `${folder} (${count})` : folder))
  return lines.slice(0, SHOWN_PATHS)
}
