import type { Located, Projection, Published } from '../../ports/forge.ts'
import type { RepositoryClient } from './client.ts'
import { commentText, withMarker } from './comments.ts'
import { pullAt } from './pulls.ts'
import type { MutationOutcome, SentProjection } from './send.ts'

/** An answer, or what is to be sent again. */
export type SettledProjection = { kind: 'answered'; answer: Published } | { kind: 'again'; projection: Projection }

type Look = (projection: Projection) => Promise<Located | null>

export async function settleProjection(
  place: RepositoryClient,
  look: Look,
  { item, outcome }: SentProjection,
): Promise<SettledProjection> {
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
async function settleUnknown(look: Look, projection: Projection): Promise<SettledProjection> {
  const found = projection.located === null ? await look(projection) : null
  return found === null ? { kind: 'again', projection } : shown(projection, found)
}

async function settleRefusal(
  place: RepositoryClient,
  projection: Projection,
  { reason, message }: Extract<MutationOutcome, { kind: 'refused' }>,
): Promise<SettledProjection> {
  if (reason === 'no-drafts' && projection.kind === 'pull' && projection.draft) {
    return { kind: 'again', projection: { ...projection, draft: false } }
  }
  const there = reason === 'refused' ? await soAlready(place, projection) : null
  return there === null ? refused(projection, reason, message) : shown(projection, there)
}

/** A pull request that was closed, or made ready, before we asked for it. */
async function soAlready(place: RepositoryClient, projection: Projection): Promise<Located | null> {
  if (projection.kind !== 'close-pull' && projection.kind !== 'ready-pull') return null
  const pull = await pullAt(place, projection.located.number)
  const isSo = projection.kind === 'close-pull' ? pull?.state === 'closed' : pull?.draft === false
  return isSo ? projection.located : null
}

/** An edit to a text of this size has been answered with a yes, and the old text was kept. */
const DOUBTFUL = 60_000

async function confirmed(
  place: RepositoryClient,
  projection: Projection,
  located: Located,
): Promise<SettledProjection> {
  if (projection.kind !== 'comment' || projection.located === null) return shown(projection, located)
  const wanted = withMarker(projection.marker, projection.body)
  if (wanted.length <= DOUBTFUL || normal(await commentText(place, located.number)) === normal(wanted)) {
    return shown(projection, located)
  }
  return refused(projection, 'refused', `an edit of ${wanted.length} characters was not kept`)
}

const normal = (text: string): string => text.replaceAll('\r\n', '\n').trim()

const shown = ({ name }: Projection, located: Located): SettledProjection => ({
  kind: 'answered',
  answer: { ok: true, name, located },
})

const refused = (
  { name }: Projection,
  reason: Extract<Published, { ok: false }>['reason'],
  message: string,
): SettledProjection => ({ kind: 'answered', answer: { ok: false, name, reason, message } })
