import { spentUsd } from '../core/ledger.ts'
import { leastLimit } from '../core/stages.ts'
import type { LiveRun } from '../core/state.ts'
import { code } from './code.ts'
import { nextLimit } from './cost.ts'
import { usd } from './money.ts'

/** The command that sets a limit with which the run goes on, in whole dollars. */
export const moreMoney = (run: LiveRun): string =>
  code(`/budget ${Math.ceil(Math.max(nextLimit(run.ledger), leastLimit(run)))}usd`)

/** The planner stands still at the limit: in a few words, and as sentences. */
export const plannerWaits = (run: LiveRun): { title: string; means: string } => ({
  title: 'Planning: paused at the limit of money',
  means: `The limit is ${usd(run.ledger.limit ?? 0)}, of which the run has spent ${usd(spentUsd(run.ledger))}; what the planner may take of it is not enough for its next step, and no more calls to a model are made. Nothing is lost: ${moreMoney(run)} goes on from here.`,
})
