import type { Projection, Published } from '../../ports/forge.ts'
import { checkCaps } from './caps.ts'
import { openLooking } from './looking.ts'
import type { NodesFor } from './nodes.ts'
import { UnknownOutcome } from './outcome.ts'
import type { Place } from './place.ts'
import { type Item, type Sent, send } from './sending.ts'
import { settle } from './settle.ts'

const ROUNDS = 5
/** Where GitHub names no time it asks for a minute; a write whose answer got lost may still be going on. */
const SECONDS = { later: 60, unknown: 2, refused: 0, done: 0 }

/** Shows projections until each has its answer: sends, settles what is unknown by looking, sends again what is missing. */
export function openPublishing(place: Place, self: () => Promise<string>, nodesFor: NodesFor) {
  async function round(items: readonly Item[], answers: Map<number, Published>): Promise<Item[]> {
    const sent = await send(place, items, await nodesFor(items.flatMap(threadOf)))
    await pauseAfter(place, sent)
    const look = openLooking(place, self)
    const open: Item[] = []
    for (const one of sent) {
      const settled = await settle(place, look, one)
      if (settled.kind === 'answered') answers.set(one.item.index, settled.answer)
      else open.push({ index: one.item.index, projection: settled.projection })
    }
    return open.toSorted((one, other) => one.index - other.index)
  }

  return async (projections: readonly Projection[], lookFirst: boolean): Promise<Published[]> => {
    projections.forEach(checkCaps)
    const answers = new Map<number, Published>()
    let open: Item[] = (lookFirst ? await whereThere(place, self, projections) : projections).map(numbered)
    for (let rounds = 0; open.length > 0; rounds += 1) {
      if (rounds === ROUNDS) throw new UnknownOutcome(`could not be shown: ${open.map(nameOf).join(', ')}`)
      open = await round(open, answers)
    }
    return projections.map((_, index) => answerAt(answers, index))
  }
}

const numbered = (projection: Projection, index: number): Item => ({ projection, index })
const nameOf = ({ projection }: Item): string => projection.name

const threadOf = ({ projection }: Item): number[] =>
  projection.kind === 'comment' && projection.located === null ? [projection.thread] : []

async function pauseAfter({ client }: Place, sent: readonly Sent[]): Promise<void> {
  const seconds = Math.max(...sent.map(({ outcome }) => SECONDS[outcome.kind]))
  if (seconds > 0) await client.clock.wait(seconds)
}

/** What an earlier process has made is changed instead of made again. */
async function whereThere(place: Place, self: () => Promise<string>, projections: readonly Projection[]) {
  const look = openLooking(place, self)
  const placed: Projection[] = []
  for (const projection of projections) {
    const located = projection.located ?? (await look(projection))
    placed.push(located === null ? projection : { ...projection, located })
  }
  return placed
}

function answerAt(answers: ReadonlyMap<number, Published>, index: number): Published {
  const answer = answers.get(index)
  if (answer === undefined) throw new Error('a projection was left without an answer')
  return answer
}
