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
  /** Chosen by the first look where nothing is said. */
  areas?: readonly Area[]
}

type Explored = { ok: true; explorations: Exploration[] } | NoAnswer

const MOST_AREAS = 3

/**
 * Up to three agents look around at the same time, each in an area of its own; they can read and nothing else. One that
 * comes to nothing is named among what is not known; only when all do, there is nothing.
 */
export async function explore(request: ExploreRequest, signal: AbortSignal): Promise<Explored> {
  const { metered, model, sources, input } = request
  const look = await firstLook(sources)
  const areas = (request.areas ?? areasOf(look, input)).slice(0, MOST_AREAS)
  const shared = [plannerInputText(input), firstLookText(look, plannerQuotes(input))].join('\n\n')
  const found = await firstThenOthers(areas, metered, (area, own) =>
    exploreArea({ metered: own, model, sources, area: area.name, opening: openingOf(shared, area, input) }, signal),
  )
  return together(areas, found)
}

const openingOf = (shared: string, { name, look }: Area, input: PlannerInput): Block[] => [
  { kind: 'text', text: shared, cache: true },
  { kind: 'text', text: `# Your work\n\nYour area:\n${plannerQuotes(input).data('area', name)}\n\nLook for ${look}.` },
]

/** The others begin when the first one's answer does: until then nobody can read what they share from the cache. */
async function firstThenOthers(
  areas: readonly Area[],
  metered: MeteredModel,
  one: (area: Area, metered: MeteredModel) => Promise<ExplorationResult>,
): Promise<ExplorationResult[]> {
  const [first, ...others] = areas
  if (first === undefined) return []
  let begun = () => {}
  const started = new Promise<void>((resolve) => {
    begun = resolve
  })
  const leading = one(first, sayingWhenItStarts(metered, begun)).finally(begun)
  const following = others.map((area) => started.then(() => one(area, metered)))
  return Promise.all([leading, ...following])
}

const sayingWhenItStarts = (metered: MeteredModel, begun: () => void): MeteredModel => ({
  ...metered,
  model: {
    ask: (request) =>
      metered.model
        .ask({
          ...request,
          onStart() {
            request.onStart?.()
            begun()
          },
        })
        .finally(begun),
  },
})

function together(areas: readonly Area[], found: readonly ExplorationResult[]): Explored {
  const explorations = found.flatMap((one) => (one.ok ? [one.exploration] : []))
  const failed = found.flatMap((one) => (one.ok ? [] : [one]))
  const [first, ...others] = explorations
  if (first === undefined)
    return (
      failed.find(({ short }) => short) ??
      failed[0] ?? { ok: false, why: `nothing to explore in ${areas.length} areas` }
    )
  const unknowns = [...first.unknowns, ...failed.map(({ why }) => why)]
  return { ok: true, explorations: [{ ...first, unknowns }, ...others] }
}

/** What anybody would look at first, read without a model: the same for all explorers. */
interface FirstLook {
  paths: string[]
  more: boolean
  files: { path: string; text: string }[]
}

const MOST_PATHS = 3000
const SHOWN_PATHS = 150
const MOST_OF_FILE = 4000

/** Files at the top that say how a repository is built and checked. */
const TELLING: readonly RegExp[] = [
  /^readme(?:\.\w+)?$/i,
  /^(?:package|deno|composer)\.jsonc?$/,
  /^(?:pyproject|Cargo|Pipfile)(?:\.toml)?$/,
  /^(?:go\.mod|pom\.xml|build\.gradle(?:\.kts)?|Gemfile|mix\.exs|tox\.ini|setup\.cfg)$/,
  /^(?:[Mm]akefile|[Jj]ustfile|Taskfile\.ya?ml)$/,
]
const MOST_FILES = 6

async function firstLook(sources: Sources): Promise<FirstLook> {
  const { paths, more } = await sources.list('**', MOST_PATHS)
  const telling = TELLING.flatMap((name) => paths.filter((path) => name.test(path))).slice(0, MOST_FILES)
  const read = await Promise.all(telling.map(async (path) => ({ path, file: await sources.read(path) })))
  const files = read.flatMap(({ path, file }) => (file === null || file.binary ? [] : [{ path, text: file.text }]))
  return { paths, more, files }
}

const firstLookText = ({ paths, more, files }: FirstLook, quotes: Quotes): string =>
  [
    `# A first look at the repository (${paths.length}${more ? ' and more' : ''} files)`,
    quotes.data('paths', outline(paths).join('\n')),
    ...files.map(({ path, text }) => quotes.data(`file ${path}`, text, MOST_OF_FILE)),
  ].join('\n\n')

/** All paths where they are few, else the folders with the number of files in each, the files at the top among them. */
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
