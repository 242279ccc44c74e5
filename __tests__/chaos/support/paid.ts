import { expect } from 'vitest'
import { type Ledger, spentUsd } from '../../../src/core/money/ledger.ts'
import { attemptKey } from '../../../src/core/money/money-key.ts'
import { usdOf } from '../../../src/core/money/usage.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { replayOn } from '../../../src/core/run/evolve.ts'
import { emptyRun, type RunState } from '../../../src/core/run/state.ts'
import type { LoggedRequest } from '../../../src/model-double/log.ts'
import { usdOfRequest } from '../../e2e/support/talk.ts'
import { eventsOf } from '../../e2e/support/world.ts'

export const countsOf = (found: Readonly<Record<string, readonly unknown[]>>): Record<string, number> =>
  Object.fromEntries(Object.entries(found).map(([topic, list]) => [topic, list.length]))

export const usdOfAll = (requests: readonly LoggedRequest[]): number =>
  requests.reduce((sum, request) => sum + usdOfRequest(request), 0)

/** US dollars that were set aside under a key of the ledger. */
export function reservedFor(events: readonly RunEvent[], key: string): number {
  const stages = eventsOf(events, 'money_reserved').filter(({ stage }) => stage === key)
  const attempts = eventsOf(events, 'task_started').filter((it) => attemptKey(it.task, it.attempt) === key)
  const all = [...stages.map(({ usd }) => usd), ...attempts.map(({ allowance }) => allowance ?? 0)]
  expect(all, `reservations of ${key}`).toHaveLength(1)
  return all[0] ?? 0
}

/** Who died over it could not say what it had used: all that was set aside counts as spent, and as unknown. */
export function expectLost(ledger: Ledger, events: readonly RunEvent[], key: string): void {
  const usd = reservedFor(events, key)
  expect(usd, key).toBeGreaterThan(0)
  expect(ledger.spent[key], key).toMatchObject([{ calls: 0, usd, unknown: usd }])
}

/** What the journal has of it is what the server's own count of these requests costs, to the last token. */
export function expectPaid(ledger: Ledger, key: string, requests: readonly LoggedRequest[]): void {
  const spent = ledger.spent[key] ?? []
  expect(usdOf(spent), key).toBeCloseTo(usdOfAll(requests), 9)
  expect(usdOf(spent), key).toBeGreaterThan(0)
  expect(
    spent.map(({ unknown }) => unknown),
    key,
  ).toEqual([0])
}

/** At no event of the journal have spent and set-aside money together been more than the run may spend. */
export function expectWithinLimit(events: readonly RunEvent[]): void {
  let state: RunState = emptyRun
  for (const [index, event] of events.entries()) {
    state = replayOn(state, [event])
    if (state.phase === 'empty' || state.ledger.limit === null) continue
    const { ledger } = state
    const reserved = Object.values(ledger.reserved).reduce((sum, { usd }) => sum + usd, 0)
    expect(spentUsd(ledger) + reserved, `after ${index}: ${event.type}`).toBeLessThanOrEqual((ledger.limit ?? 0) + 1e-9)
  }
  expect(state.phase === 'empty' ? null : state.ledger.reserved).toEqual({})
}
