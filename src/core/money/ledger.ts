import { z } from 'zod'
import { ownOf } from '../own.ts'
import { isAttemptAt } from './money-key.ts'
import { mergeSpending, noUsage, roleSchema, type Spending, spendingSchema, usdOf } from './usage.ts'

/** What a run may spend, has spent and has reserved: the only record of its money, folded from the journal. */
export const ledgerSchema = z.strictObject({
  /** US dollars; null until the settings are known. */
  limit: z.number().nullable(),
  /** By stage or attempt: see `moneyKey`. */
  spent: z.record(z.string(), z.array(spendingSchema)),
  reserved: z.record(z.string(), z.strictObject({ role: roleSchema, usd: z.number(), since: z.iso.datetime() })),
  /** Seconds from reserving to settling, by stage or attempt. */
  seconds: z.record(z.string(), z.number()),
})
export type Ledger = z.infer<typeof ledgerSchema>

export const emptyLedger: Ledger = { limit: null, spent: {}, reserved: {}, seconds: {} }

/** Cost and seconds of each stage or attempt whose key `of` accepts. */
export const costsOf = ({ spent, seconds }: Ledger, of: (key: string) => boolean): Cost[] =>
  Object.entries(spent).flatMap(([key, spending]) => (of(key) ? [{ spending, seconds: ownOf(seconds, key) ?? 0 }] : []))

export interface Cost {
  spending: readonly Spending[]
  seconds: number
}

/** All spending, one entry for each role and model. */
export const allSpending = ({ spent }: Ledger): Spending[] => mergeSpending(Object.values(spent).flat())

/** US dollars that the run has spent. */
export const spentUsd = ({ spent }: Ledger): number => usdOf(Object.values(spent).flat())

export const spendingOfTask = ({ spent }: Ledger, task: string): Spending[] =>
  mergeSpending(Object.entries(spent).flatMap(([key, all]) => (isAttemptAt(key, task) ? all : [])))

/** US dollars reserved for work in progress. */
export const reservedUsd = ({ reserved }: Ledger): number =>
  Object.values(reserved).reduce((sum, { usd }) => sum + usd, 0)

/**
 * Counts reservations whose result is no longer awaited as spent, in full. If the actual usage arrives later, as from a
 * planner that was stopped with its run, it replaces that.
 */
export const writeOff = (ledger: Ledger, isAwaited: (key: string) => boolean, at: string): Ledger =>
  Object.keys(ledger.reserved)
    .filter((key) => !isAwaited(key))
    .reduce((next, key) => settle(next, key, null, at), ledger)

export const reserve = (ledger: Ledger, key: string, reservation: Ledger['reserved'][string]): Ledger => ({
  ...ledger,
  reserved: { ...ledger.reserved, [key]: reservation },
})

/** Replaces a reservation by its spending; if that is null (unknown), the whole reservation counts as spent. */
export function settle(ledger: Ledger, key: string, spending: readonly Spending[] | null, at: string): Ledger {
  const open = ownOf(ledger.reserved, key)
  const { [key]: _open, ...reserved } = ledger.reserved
  const unknown = open === undefined ? [] : [unknownSpending(open.role, open.usd)]
  const added = spending ?? unknown
  const known = ownOf(ledger.spent, key) ?? []
  const before = known.filter((one) => spending === null || !isWrittenOff(one))
  if (open === undefined && added.length === 0 && before.length === known.length) return ledger
  const spent = { ...ledger.spent, [key]: mergeSpending([...before, ...added]) }
  const took = open === undefined ? 0 : Math.max(0, Date.parse(at) - Date.parse(open.since)) / 1000
  return { ...ledger, reserved, spent, seconds: { ...ledger.seconds, [key]: (ownOf(ledger.seconds, key) ?? 0) + took } }
}

/**
 * Settles an attempt whose slot died, of which its last checkpoint says what it had spent by then. The rest of the reservation counts
 * as spent too, and as unknown: five minutes are enough to spend all of it, and a limit that rests on a guess is none.
 */
export function settleLost(ledger: Ledger, key: string, lastKnown: readonly Spending[], at: string): Ledger {
  const open = ownOf(ledger.reserved, key)
  if (open === undefined || lastKnown.length === 0) return settle(ledger, key, null, at)
  const rest = open.usd - usdOf(lastKnown)
  const unknown = rest > 0 ? [unknownSpending(open.role, rest)] : []
  return settle(ledger, key, [...lastKnown, ...unknown], at)
}

const unknownSpending = (role: Spending['role'], usd: number): Spending => ({
  role,
  model: 'unknown',
  calls: 0,
  usage: noUsage,
  usd,
  unknown: usd,
})

const isWrittenOff = ({ model, calls }: Spending): boolean => model === 'unknown' && calls === 0

export const settleOf = (ledger: Ledger, task: string, at: string): Ledger =>
  writeOff(ledger, (key) => !isAttemptAt(key, task), at)
