import type { Exploration } from '../../../core/plan/planning.ts'
import type { Block } from '../../../ports/model.ts'
import type { CommitSources } from '../../../ports/sources.ts'
import type { MeteredModel } from '../../loop/metered-model.ts'
import { type PlannerInput, plannerInputText, plannerQuotes } from '../planner-input.ts'
import type { NoAnswer } from '../structured-answer.ts'
import { type Area, areasOf } from './areas.ts'
import { type ExplorationResult, exploreArea } from './explorer.ts'
import { overviewText } from './outline.ts'
import { readOverview } from './overview.ts'

interface ExploreRequest {
  metered: MeteredModel
  model: string
  sources: CommitSources
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
  const overview = await readOverview(sources, input)
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
