import type { Exploration } from '../../core/planning.ts'
import type { Block } from '../../ports/model.ts'
import type { Sources } from '../../ports/sources.ts'
import type { Speaker } from '../talk.ts'
import { type Area, areasOf } from './areas.ts'
import { exploreArea, type Found } from './explorer.ts'
import { firstLook, firstLookInWords } from './first-look.ts'
import type { PlannerInput } from './input.ts'
import type { Nothing } from './nothing.ts'
import { inputInWords } from './opening.ts'
import { data } from './quote.ts'

export interface ExploreRequest {
  speaker: Speaker
  model: string
  sources: Sources
  input: PlannerInput
  /** Chosen by the first look where nothing is said. */
  areas?: readonly Area[]
}

export type Explored = { ok: true; explorations: Exploration[] } | Nothing

const MOST_AREAS = 3

/**
 * Up to three agents look around at the same time, each in an area of its own; they can read and nothing else. One that
 * comes to nothing is named among what is not known; only when all do, there is nothing.
 */
export async function explore(request: ExploreRequest, signal: AbortSignal): Promise<Explored> {
  const { speaker, model, sources, input } = request
  const look = await firstLook(sources)
  const areas = (request.areas ?? areasOf(look, input)).slice(0, MOST_AREAS)
  const shared = [inputInWords(input), firstLookInWords(look, input.nonce)].join('\n\n')
  const found = await firstThenOthers(areas, speaker, (area, own) =>
    exploreArea({ speaker: own, model, sources, area: area.name, opening: openingOf(shared, area, input) }, signal),
  )
  return together(areas, found)
}

const openingOf = (shared: string, { name, look }: Area, { nonce }: PlannerInput): Block[] => [
  { kind: 'text', text: shared, cache: true },
  { kind: 'text', text: `# Your work\n\nYour area:\n${data('area', name, nonce)}\n\nLook for ${look}.` },
]

/** The others begin when the first one's answer does: until then nobody can read what they share from the cache. */
async function firstThenOthers(
  areas: readonly Area[],
  speaker: Speaker,
  one: (area: Area, speaker: Speaker) => Promise<Found>,
): Promise<Found[]> {
  const [first, ...others] = areas
  if (first === undefined) return []
  let begun = () => {}
  const started = new Promise<void>((resolve) => {
    begun = resolve
  })
  const leading = one(first, sayingWhenItStarts(speaker, begun)).finally(begun)
  const following = others.map((area) => started.then(() => one(area, speaker)))
  return Promise.all([leading, ...following])
}

const sayingWhenItStarts = (speaker: Speaker, begun: () => void): Speaker => ({
  ...speaker,
  model: {
    ask: (request) =>
      speaker.model
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

function together(areas: readonly Area[], found: readonly Found[]): Explored {
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
