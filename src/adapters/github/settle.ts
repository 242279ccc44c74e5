import type { Located, Projection, Published } from '../../ports/forge.ts'
import type { RepositoryClient } from './client.ts'
import { commentText, withMarker } from './comments.ts'
import { pullAt } from './pulls.ts'
import type { MutationOutcome, SentProjection } from './send.ts'

/** A result, or a projection to send again. */
export type SettledProjection = { kind: 'answered'; answer: Published } | { kind: 'again'; projection: Projection }

type Locate = (projection: Projection) => Promise<Located | null>

export async function settleProjection(
  repository: RepositoryClient,
  locate: Locate,
  { item, outcome }: SentProjection,
): Promise<SettledProjection> {
  const { projection } = item
  switch (outcome.kind) {
    case 'done':
      return confirmed(repository, projection, outcome.located)
    case 'limited':
      return { kind: 'answered', answer: { ok: false, name: projection.name, reason: 'limited', limit: outcome.limit } }
    case 'unknown':
    case 'too-heavy':
      return settleUnknown(locate, projection)
    case 'refused':
      return settleRefusal(repository, projection, outcome)
  }
}

/** Updating twice is harmless; creating twice is not. */
async function settleUnknown(locate: Locate, projection: Projection): Promise<SettledProjection> {
  const found = projection.located === null ? await locate(projection) : null
  return found === null ? { kind: 'again', projection } : shown(projection, found)
}

async function settleRefusal(
  repository: RepositoryClient,
  projection: Projection,
  { reason, message }: Extract<MutationOutcome, { kind: 'refused' }>,
): Promise<SettledProjection> {
  if (reason === 'no-drafts' && projection.kind === 'pull' && projection.draft) {
    return { kind: 'again', projection: { ...projection, draft: false, notDraft: message } }
  }
  // A person has deleted the comment: it comes back as a new one.
  if (reason === 'gone' && projection.kind === 'comment' && projection.located !== null) {
    return { kind: 'again', projection: { ...projection, located: null } }
  }
  const existing = reason === 'refused' ? await alreadyDone(repository, projection) : null
  return existing === null ? refused(projection, reason, message) : shown(projection, existing)
}

/** The pull request, if it was already closed or ready. */
async function alreadyDone(repository: RepositoryClient, projection: Projection): Promise<Located | null> {
  if (projection.kind !== 'close-pull' && projection.kind !== 'ready-pull') return null
  const pull = await pullAt(repository, projection.located.number)
  const isSo = projection.kind === 'close-pull' ? pull?.state === 'closed' : pull?.draft === false
  return isSo ? projection.located : null
}

/** GitHub has been seen to accept an edit to a text of this size, and to keep the old text. */
const VERIFIED_FROM = 60_000

async function confirmed(
  repository: RepositoryClient,
  projection: Projection,
  located: Located,
): Promise<SettledProjection> {
  if (projection.kind !== 'comment' || projection.located === null) return shown(projection, located)
  const wanted = withMarker(projection.marker, projection.body)
  if (wanted.length <= VERIFIED_FROM || normal(await commentText(repository, located.number)) === normal(wanted)) {
    return shown(projection, located)
  }
  return refused(projection, 'refused', `an edit of ${wanted.length} characters was not kept`)
}

const normal = (text: string): string => text.replaceAll('\r\n', '\n').trim()

const shown = (projection: Projection, located: Located): SettledProjection => {
  const notDraft = projection.kind === 'pull' ? projection.notDraft : undefined
  return { kind: 'answered', answer: { ok: true, name: projection.name, located, ...(notDraft && { notDraft }) } }
}

const refused = (
  { name }: Projection,
  reason: Extract<Published, { message: string }>['reason'],
  message: string,
): SettledProjection => ({ kind: 'answered', answer: { ok: false, name, reason, message } })
