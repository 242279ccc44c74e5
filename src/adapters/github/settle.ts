import type { Located, Projection, Published } from '../../ports/forge.ts'
import type { Place } from './client.ts'
import { textOf, withMarker } from './comments.ts'
import { pullAt } from './pulls.ts'
import type { Outcome, Sent } from './send.ts'

/** An answer, or what is to be sent again. */
export type Settled = { kind: 'answered'; answer: Published } | { kind: 'again'; projection: Projection }

type Look = (projection: Projection) => Promise<Located | null>

export async function settle(place: Place, look: Look, { item, outcome }: Sent): Promise<Settled> {
  const { projection } = item
  switch (outcome.kind) {
    case 'done':
      return confirmed(place, projection, outcome.located)
    case 'later':
      return { kind: 'again', projection }
    case 'unknown':
      return settleUnknown(look, projection)
    case 'refused':
      return settleRefusal(place, projection, outcome)
  }
}

/** Changing something twice does no harm; making it twice does. */
async function settleUnknown(look: Look, projection: Projection): Promise<Settled> {
  const found = projection.located === null ? await look(projection) : null
  return found === null ? { kind: 'again', projection } : shown(projection, found)
}

async function settleRefusal(
  place: Place,
  projection: Projection,
  { reason, message }: Extract<Outcome, { kind: 'refused' }>,
): Promise<Settled> {
  if (reason === 'no-drafts' && projection.kind === 'pull' && projection.draft) {
    return { kind: 'again', projection: { ...projection, draft: false } }
  }
  const there = reason === 'refused' ? await soAlready(place, projection) : null
  return there === null ? refused(projection, reason, message) : shown(projection, there)
}

/** A pull request that was closed, or made ready, before we asked for it. */
async function soAlready(place: Place, projection: Projection): Promise<Located | null> {
  if (projection.kind !== 'close-pull' && projection.kind !== 'ready-pull') return null
  const pull = await pullAt(place, projection.located.number)
  const isSo = projection.kind === 'close-pull' ? pull?.state === 'closed' : pull?.draft === false
  return isSo ? projection.located : null
}

/** An edit to a text of this size has been answered with a yes, and the old text was kept. */
const DOUBTFUL = 60_000

async function confirmed(place: Place, projection: Projection, located: Located): Promise<Settled> {
  if (projection.kind !== 'comment' || projection.located === null) return shown(projection, located)
  const wanted = withMarker(projection.marker, projection.body)
  if (wanted.length <= DOUBTFUL || normal(await textOf(place, located.number)) === normal(wanted)) {
    return shown(projection, located)
  }
  return refused(projection, 'refused', `an edit of ${wanted.length} characters was not kept`)
}

const normal = (text: string): string => text.replaceAll('\r\n', '\n').trim()

const shown = ({ name }: Projection, located: Located): Settled => ({
  kind: 'answered',
  answer: { ok: true, name, located },
})

const refused = (
  { name }: Projection,
  reason: Extract<Published, { ok: false }>['reason'],
  message: string,
): Settled => ({ kind: 'answered', answer: { ok: false, name, reason, message } })
