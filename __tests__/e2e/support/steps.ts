import { expect } from 'vitest'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { type HandTask, issueWith } from './plan.ts'
import type { World } from './world.ts'

/** An issue with a plan by hand, planned; `id` is what an approval names. */
export async function planned(
  world: World,
  graph: string,
  tasks?: Record<string, HandTask>,
  verification?: string[][],
): Promise<{ issue: number; run: string; pull: number; id: string }> {
  const issue = await world.openIssue(issueWith(graph, tasks, verification))
  const { pull, planId } = await world.plan(issue)
  return { issue, run: `${issue}`, pull, id: planId.slice(0, 12) }
}

/** The run stands still: no job of it is left that could move it, only a person can. */
export async function still(world: World, run: string, what: string) {
  const found = await world.when(
    run,
    what,
    (state, work) => state.phase === 'active' && state.orchestrator === null && { state, work },
  )
  // Times of comments have whole seconds, and an approval counts only for work that is older than its comment.
  const last = Date.parse((await world.events(run)).at(-1)?.at ?? '')
  await world.until('a second later', async () => Math.floor(Date.now() / 1000) > Math.floor(last / 1000))
  return found
}

/** Places of events in the journal, so that an order can be read off. */
export const placeOf = (events: readonly RunEvent[], type: RunEvent['type'], task?: string): number =>
  events.findIndex((event) => event.type === type && (task === undefined || ('task' in event && event.task === task)))

/** An orchestrator leaves once after the planning; what counts here is the last time that one had nothing left to do. */
export const lastLeft = (events: readonly RunEvent[]): number =>
  events.findLastIndex((event) => event.type === 'orchestrator_left' && event.why === 'waiting')

export function expectInOrder(places: readonly number[]): void {
  expect(places).not.toContain(-1)
  expect(places).toEqual(places.toSorted((one, other) => one - other))
}
