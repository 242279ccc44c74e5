import { z } from 'zod'
import type { Located, Projection, Published } from '../../ports/forge.ts'
import { LIMITS } from '../../render/markdown/fit.ts'
import { ownerAndRepo, type RepositoryClient } from './client.ts'
import { commentsOn, ownComment, type StoredComment, withMarker } from './comments.ts'
import { UnknownOutcome } from './http-error.ts'
import type { Names } from './names.ts'
import { pullBetween } from './pulls.ts'
import { HEAVIEST, type Item, type SentProjection, send } from './send.ts'
import { settleProjection } from './settle.ts'

const ROUNDS = 5
/** A write whose answer got lost may still be in progress. */
const SECONDS = { limited: 0, unknown: 2, 'too-heavy': 2, refused: 0, done: 0 }

/** Publishes projections until each has a result: sends them, looks if the outcome is unknown, and retries if needed. */
export function openPublishing(repository: RepositoryClient, { self, ...names }: Names) {
  // What GitHub has found too much for one request stays too much for this process.
  let heaviest = HEAVIEST
  async function round(items: readonly Item[], answers: Map<number, Published>): Promise<Item[]> {
    const sent = await send(repository, items, await names.nodes(items.flatMap(threadOf)), heaviest)
    if (sent.some(({ outcome }) => outcome.kind === 'too-heavy')) heaviest = Math.max(1, Math.floor(heaviest / 2))
    await pauseAfter(repository, sent)
    const locate = openLocator(repository, self)
    const open: Item[] = []
    for (const one of sent) {
      const settled = await settleProjection(repository, locate, one)
      if (settled.kind === 'answered') answers.set(one.item.index, settled.answer)
      else open.push({ index: one.item.index, projection: settled.projection })
    }
    return open.toSorted((one, other) => one.index - other.index)
  }

  return async (projections: readonly Projection[], lookFirst: boolean): Promise<Published[]> => {
    projections.forEach(checkCaps)
    for (const one of projections)
      if (one.kind === 'comment' && one.threadNode !== undefined) names.note(one.thread, one.threadNode)
    const answers = new Map<number, Published>()
    let open: Item[] = (lookFirst ? await locateExisting(repository, self, projections) : projections).map(numbered)
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

async function pauseAfter({ client }: RepositoryClient, sent: readonly SentProjection[]): Promise<void> {
  const seconds = Math.max(...sent.map(({ outcome }) => SECONDS[outcome.kind]))
  if (seconds > 0) await client.clock.wait(seconds)
}

/** Locates what an earlier process has created, so that it is updated and not created again. */
async function locateExisting(
  repository: RepositoryClient,
  self: () => Promise<string>,
  projections: readonly Projection[],
) {
  const locate = openLocator(repository, self)
  const projected: Projection[] = []
  for (const projection of projections) {
    const located = projection.located ?? (await locate(projection))
    projected.push(located === null ? projection : { ...projection, located })
  }
  return projected
}

function answerAt(answers: ReadonlyMap<number, Published>, index: number): Published {
  const answer = answers.get(index)
  if (answer === undefined) throw new Error('a projection was left without an answer')
  return answer
}

/** Texts are rendered to fit. One that does not is a bug, which cutting it here would hide. */
function checkCaps(projection: Projection): void {
  for (const [what, text, limit] of textsOf(projection)) {
    if (text.length > limit) throw new Error(`${projection.name}: ${what} has ${text.length} characters, over ${limit}`)
  }
}

function textsOf(projection: Projection): [string, string, number][] {
  switch (projection.kind) {
    case 'check':
      return [
        ['summary', projection.summary, LIMITS.check],
        ['text', projection.text, LIMITS.check],
      ]
    case 'pull':
      return [['body', projection.body, LIMITS.pull]]
    case 'comment':
      return [['body', withMarker(projection.marker, projection.body), LIMITS.comment]]
    default:
      return []
  }
}

/** Finds what an earlier try, perhaps of another process, has created for a projection. Reads each thread once. */
function openLocator(
  repository: RepositoryClient,
  self: () => Promise<string>,
): (projection: Projection) => Promise<Located | null> {
  const threads = new Map<number, Promise<StoredComment[]>>()
  const readOnce = (thread: number): Promise<StoredComment[]> => {
    const reading = threads.get(thread) ?? commentsOn(repository, thread)
    threads.set(thread, reading)
    return reading
  }
  return async (projection) => {
    switch (projection.kind) {
      case 'check':
        return checkOf(repository, projection)
      case 'pull': {
        const pull = await pullBetween(repository, projection.head, projection.base)
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

/** The oldest check run of this name on the commit that has our external id. */
async function checkOf(
  repository: RepositoryClient,
  wanted: Extract<Projection, { kind: 'check' }>,
): Promise<Located | null> {
  const found = await repository.client.octokit.paginate('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
    ...ownerAndRepo(repository),
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
