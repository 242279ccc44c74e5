import { reservedUsd, spentUsd } from '../../src/core/money/ledger.ts'
import type { Member } from '../graphs/corpus.ts'
import { approvedAt, settingsFor } from '../machine/approved-run.ts'
import type { Workload } from '../machine/conditions.ts'
import { runMachine } from '../machine/machine.ts'
import { lognormal, randomOf, seedOf } from '../random.ts'
import { SLOTS, USD_A_MINUTE } from './prices.ts'

export interface Spent {
  member: Member
  /** US dollars, and as a share of what the run would cost. */
  limit: number
  share: number
  /** US dollars that were spent and set aside at the worst moment. */
  most: number
  /** Minutes; NaN: it did not come to its end. */
  makespan: number
  ended: boolean
}

/**
 * Agents whose costs are drawn, under a limit that is often too low. They spend by calls of the same size, through the budget that ships; a call that breaks off is not among them.
 */
export async function spend(member: Member, share: number): Promise<Spent> {
  const { workload } = member
  const random = randomOf(seedOf('costs', member.key))
  const drawn = new Map(
    workload.plan.tasks.map(({ id }) => [id, (workload.minutes.get(id) ?? 0) * USD_A_MINUTE * lognormal(random, 0.4)]),
  )
  const limit = share * [...drawn.values()].reduce((sum, one) => sum + one, 0)
  const plan = { ...workload.plan, tasks: workload.plan.tasks.map((task) => ({ ...task, run: [] })) }
  const agents: Workload = {
    ...workload,
    plan,
    attempt: (id, count) => ({ ...workload.attempt(id, count), usd: drawn.get(id) ?? 0 }),
  }
  // High enough for every attempt, so that only the limit of the run stops anything.
  const settings = { ...settingsFor(SLOTS, 1e9), budget: { usd: limit, task_usd: 4 * Math.max(...drawn.values()) } }
  let most = 0
  const { makespan } = await runMachine(agents, {
    slots: SLOTS,
    begin: (clock) => approvedAt(plan, settings, clock.now().toISOString()),
    hear: (_events, { state: { ledger } }) => {
      most = Math.max(most, spentUsd(ledger) + reservedUsd(ledger))
    },
  })
  return { member, limit, share, most, makespan, ended: !Number.isNaN(makespan) }
}
