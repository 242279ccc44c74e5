import type { PlannerInput } from '../../agent/planner/input.ts'
import { purse } from '../../agent/purse.ts'
import type { Ledger } from '../../core/ledger.ts'
import type { Stage } from '../../core/planning.ts'
import { priceOf } from '../../core/price.ts'
import { roleOf } from '../../core/stages.ts'
import { type Draft, record } from '../draft.ts'
import { nowOf, type Session } from '../session.ts'
import type { At, StageEnd } from './at.ts'
import { tell } from './desk.ts'
import { plannerInput } from './input.ts'
import { criticise } from './run-critique.ts'
import { designPlan } from './run-design.ts'
import { exploreBase } from './run-explore.ts'
import { expandTask, replanTask, scopeTask } from './run-parts.ts'
import { describeChange } from './run-synthesis.ts'

const STAGES: Readonly<Record<Stage['name'], (at: At) => Promise<StageEnd>>> = {
  explore: exploreBase,
  design: designPlan,
  critique: criticise,
  scope: scopeTask,
  expand: expandTask,
  replan: replanTask,
  synthesis: describeChange,
}

/** A limit that somebody has set since counts, not the one that the planning began with. */
const underLimit = (input: PlannerInput, { limit }: Ledger): PlannerInput => {
  const { settings } = input
  return { ...input, settings: { ...settings, budget: { ...settings.budget, usd: limit ?? settings.budget.usd } } }
}

/** One try of a stage. Whatever comes of it, its money is settled in the same breath. */
export async function runStage(session: Session, stage: Stage, usd: number, signal: AbortSignal): Promise<void> {
  const { planning } = session.state
  const { model } = session.deps
  if (planning === null || model === null) throw new Error('a stage needs a model and what it plans from')
  const money = purse(usd, (name) => priceOf(name, planning.settings))
  const end = await STAGES[stage.name]({
    session,
    stage,
    planning,
    input: underLimit(await plannerInput(session, planning), session.state.ledger),
    speaker: { model, purse: money, role: roleOf[stage.name] },
    sources: session.repo.sources(planning.base),
    signal,
  })
  const settled = (draft: Draft): Draft =>
    record(draft, nowOf(session), { type: 'money_settled', stage: stage.key, spending: money.spending() })
  tell(session.desk, {
    stage: stage.key,
    last: true,
    into: async (draft) => {
      // Nobody waits for it any more: what it cost counts, what it says does not.
      if (signal.aborted) return settled(draft)
      if (end.ok) return end.into(session, settled(draft))
      const why = session.deps.redact(end.why)
      session.deps.log(`${stage.key}: ${why}`)
      return record(settled(draft), nowOf(session), {
        type: 'stage_failed',
        stage: stage.key,
        why,
        ...(end.short && { short: usd }),
      })
    },
  })
}
