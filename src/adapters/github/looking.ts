import { z } from 'zod'
import type { Located, Projection } from '../../ports/forge.ts'
import { at, type Place } from './place.ts'
import { pullBetween } from './pulls.ts'
import { type Comment, commentsOn, ownComment } from './thread.ts'

/** Finds what an earlier try, perhaps of another process, has made for a projection. One look around: threads are read once. */
export function openLooking(
  place: Place,
  self: () => Promise<string>,
): (projection: Projection) => Promise<Located | null> {
  const threads = new Map<number, Promise<Comment[]>>()
  const readOnce = (thread: number): Promise<Comment[]> => {
    const reading = threads.get(thread) ?? commentsOn(place, thread)
    threads.set(thread, reading)
    return reading
  }
  return async (projection) => {
    switch (projection.kind) {
      case 'check':
        return checkOf(place, projection)
      case 'pull': {
        const pull = await pullBetween(place, projection.head, projection.base)
        return pull === null ? null : { number: pull.number, node: pull.node }
      }
      case 'comment':
        return ownComment(await readOnce(projection.thread), await self(), projection.marker)
      default:
        return projection.located
    }
  }
}

const checkSchema = z.object({ id: z.int(), node_id: z.string(), external_id: z.string().nullable() })

/** The oldest check of this name on the commit that carries our id. */
async function checkOf(place: Place, wanted: Extract<Projection, { kind: 'check' }>): Promise<Located | null> {
  const found = await place.client.octokit.paginate('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
    ...at(place),
    ref: wanted.sha,
    check_name: wanted.label,
    filter: 'all',
    per_page: 100,
  })
  const ours = z
    .array(checkSchema)
    .parse(found)
    .filter((check) => check.external_id === wanted.externalId)
  const oldest = ours.toSorted((one, other) => one.id - other.id)[0]
  return oldest === undefined ? null : { number: oldest.id, node: oldest.node_id }
}
