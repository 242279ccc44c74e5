import type { Projection } from '../../ports/forge.ts'
import { batchesOf } from './batches.ts'
import type { GraphAnswer } from './client.ts'
import { documentOf, type Mutation, mutationOf } from './mutation.ts'
import type { Nodes } from './nodes.ts'
import { UnknownOutcome } from './outcome.ts'
import { type Outcome, outcomeOf } from './outcomes.ts'
import type { Place } from './place.ts'

/** A projection on its way, and its place among the answers. */
export interface Item {
  index: number
  projection: Projection
}

export interface Sent {
  item: Item
  outcome: Outcome
}

/** Sends each projection once. GitHub asks for writes one after the other, so the batches wait for each other. */
export async function send(place: Place, items: readonly Item[], nodes: Nodes): Promise<Sent[]> {
  const sent: Sent[] = []
  const ready: (Item & { mutation: Mutation })[] = []
  for (const item of items) {
    const mutation = mutationOf(item.projection, nodes)
    if (mutation === null) sent.push({ item, outcome: noThread })
    else ready.push({ ...item, mutation })
  }
  for (const batch of batchesOf(ready)) {
    const answer = await sendBatch(
      place,
      batch.map((item) => item.mutation),
    )
    batch.forEach((item, index) => {
      sent.push({ item, outcome: answer === null ? { kind: 'unknown' } : outcomeOf(index, answer) })
    })
  }
  return sent
}

const noThread: Outcome = { kind: 'refused', reason: 'gone', message: 'there is no such issue or pull request' }

/** Null where nobody knows what was done. */
async function sendBatch({ client }: Place, mutations: readonly Mutation[]): Promise<GraphAnswer | null> {
  const { text, variables } = documentOf(mutations)
  try {
    return await client.graph('mutation', text, variables)
  } catch (error) {
    if (error instanceof UnknownOutcome) return null
    throw error
  }
}
