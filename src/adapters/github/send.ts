import { ownOf } from '../../core/own.ts'
import type { Located, Projection, Published } from '../../ports/forge.ts'
import { LimitReached } from '../../ports/rate-limit.ts'
import type { GraphAnswer, GraphError, RepositoryClient } from './client.ts'
import { UnknownOutcome } from './http-error.ts'
import { documentOf, locatedBy, type Mutation, mutationOf } from './mutation.ts'
import type { Nodes } from './names.ts'

/** A projection to send, and its index in the results. */
export interface Item {
  index: number
  projection: Projection
}

export interface SentProjection {
  item: Item
  outcome: MutationOutcome
}

/** Sends each projection once. GitHub advises against concurrent writes, so batches are sent one after the other. */
export async function send(
  repository: RepositoryClient,
  items: readonly Item[],
  nodes: Nodes,
  heaviest = HEAVIEST,
): Promise<SentProjection[]> {
  const sent: SentProjection[] = []
  const ready: (Item & { mutation: Mutation })[] = []
  for (const item of items) {
    const mutation = mutationOf(item.projection, nodes)
    if (mutation === null) sent.push({ item, outcome: noThread })
    else ready.push({ ...item, mutation })
  }
  for (const batch of batchesOf(ready, heaviest)) {
    const answer = await sendBatch(
      repository,
      batch.map((item) => item.mutation),
    )
    // At a limit nothing is sent: what earlier batches did is known all the same.
    const minute = new Date(repository.client.clock.now().getTime() + 60_000)
    sent.push(...batch.map((item, index) => ({ item, outcome: outcomeIn(answer, index, minute) })))
  }
  return sent
}

function outcomeIn(answer: GraphAnswer | LimitReached | null, index: number, minute: Date): MutationOutcome {
  if (answer === null) return { kind: 'unknown' }
  if (answer instanceof LimitReached) return { kind: 'limited', limit: answer }
  const outcome = outcomeOf(index, answer)
  // GitHub advises to wait for a minute if it names no time.
  return outcome.kind === 'later' ? { kind: 'limited', limit: new LimitReached(minute, undefined, 'content') } : outcome
}

const noThread: MutationOutcome = { kind: 'refused', reason: 'gone', message: 'there is no such issue or pull request' }

/** Null if the outcome is unknown. */
async function sendBatch(
  { client }: RepositoryClient,
  mutations: readonly Mutation[],
): Promise<GraphAnswer | LimitReached | null> {
  const { text, variables } = documentOf(mutations)
  try {
    return await client.graph('shows', text, variables)
  } catch (error) {
    if (error instanceof UnknownOutcome) return null
    if (error instanceof LimitReached) return error
    throw error
  }
}

/** GitHub limits a request to ten seconds, and a pull request takes it much longer than a check or a comment. */
const WEIGHT: Readonly<Record<Projection['kind'], number>> = {
  check: 1,
  comment: 1,
  'close-pull': 2,
  'ready-pull': 2,
  'resolve-thread': 1,
  pull: 4,
}
export const HEAVIEST = 20

/** In order, each filled up to `heaviest`. */
export function batchesOf<Item extends { projection: Projection }>(items: readonly Item[], heaviest: number): Item[][] {
  const batches: Item[][] = []
  let weight = heaviest
  for (const item of items) {
    const added = WEIGHT[item.projection.kind]
    if (weight + added > heaviest) {
      batches.push([])
      weight = 0
    }
    batches.at(-1)?.push(item)
    weight += added
  }
  return batches
}

type Refusal = Extract<Published, { message: string }>['reason']

/** The outcome of one mutation of a batch. */
export type MutationOutcome =
  /** Refused for now, and not done. */
  { kind: 'limited'; limit: LimitReached } | Exclude<MutationAnswer, { kind: 'later' }>

/** What GitHub says of one mutation. */
type MutationAnswer =
  | { kind: 'done'; located: Located }
  | { kind: 'refused'; reason: Refusal; message: string }
  /** Refused for now, and not done. */
  | { kind: 'later' }
  /** Perhaps done, now or before: look. */
  | { kind: 'unknown' }
  /** The request was too much for GitHub, which has perhaps done it: look, and send less at once. */
  | { kind: 'too-heavy' }

function outcomeOf(index: number, { data, errors }: GraphAnswer): MutationAnswer {
  const alias = `m${index}`
  const located = locatedBy(data[alias])
  if (located !== null) return { kind: 'done', located }
  const error = errors.find(({ path }) => path?.[0] === alias) ?? errors.find(({ path }) => (path ?? []).length === 0)
  return error === undefined ? { kind: 'unknown' } : outcomeOfError(error)
}

type Meaning = 'unknown' | 'later' | 'too-heavy' | Refusal

/** GitHub's messages, for errors whose type is too general. */
const MESSAGES: readonly [RegExp, Meaning][] = [
  [/not permitted to create or approve pull requests/i, 'not-permitted'],
  [/resource not accessible by/i, 'not-permitted'],
  [/draft pull requests are not supported/i, 'no-drafts'],
  [/no commits between/i, 'nothing-to-compare'],
  [/a pull request already exists/i, 'unknown'],
  [/submitted too quickly|secondary rate limit/i, 'later'],
  [/something went wrong|timed? ?out/i, 'unknown'],
  [/resource limits? .*exceeded/i, 'too-heavy'],
  [/API rate limit/i, 'later'],
]

const TYPES: Readonly<Record<string, Meaning>> = {
  FORBIDDEN: 'not-permitted',
  NOT_FOUND: 'gone',
  RATE_LIMIT: 'later',
  RATE_LIMITED: 'later',
  RESOURCE_LIMITS_EXCEEDED: 'too-heavy',
  UNPROCESSABLE: 'refused',
}

function outcomeOfError({ message, type, path }: GraphError): MutationAnswer {
  const meaning = MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? ownOf(TYPES, type ?? '')
  if (meaning === 'unknown' || meaning === 'later' || meaning === 'too-heavy') return { kind: meaning }
  if (meaning !== undefined) return { kind: 'refused', reason: meaning, message }
  // An error without a path is about the whole request: a bug of ours.
  if ((path ?? []).length === 0) throw new Error(`GitHub did not understand a mutation: ${message}`)
  return { kind: 'refused', reason: 'refused', message }
}
